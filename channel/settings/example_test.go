package settings_test

import (
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/settings"
)

// A form shows each problem at the field that it is about.
func ExampleSettings_Validate() {
	s := settings.Settings{
		ID: "Support!", Name: "Support", Number: "106540352242922", Enabled: true,
		OptOutWords: settings.OptOutWords("fi"),
		Retention:   settings.Retention{Messages: 90 * duration.Day, DeadLetters: 1},
	}
	show := func(err error) {
		if err == nil {
			fmt.Println("good")
			return
		}
		for _, problem := range err.(interface{ Unwrap() []error }).Unwrap() {
			if p, ok := errors.AsType[*settings.Error](problem); ok {
				fmt.Printf("%s: %s\n", p.Field, p.Rule)
			}
		}
	}
	show(s.Validate())
	s.ID, s.Retention.DeadLetters = "support", duration.Day
	show(s.Validate())
	// Output:
	// id: want 1 to 64 of a-z, 0-9, - and _
	// retention: dead_letters: below 24 hours
	// good
}
