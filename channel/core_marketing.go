package channel

import "time"

// onboarded is how an account that uses the marketing endpoint is stored.
const onboarded = "ONBOARDED"

func (u *unit) knowsMarketing(channel string, at time.Time, state string) error {
	var known standing
	if _, err := u.Load(kindStanding, channel, &known); err != nil {
		return err
	}
	before := known
	known.Marketing.learn(state, at)
	if known == before {
		return nil
	}
	return u.Save(kindStanding, channel, "", 0, known)
}
