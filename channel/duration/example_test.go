package duration_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// Settings are read and typed by people.
func ExampleDuration() {
	var settings struct {
		Keep  duration.Duration `json:"keep"`
		Close duration.Duration `json:"close"`
	}
	if err := json.Unmarshal([]byte(`{"keep": "90d", "close": "1h30m"}`), &settings); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(settings.Keep.Std(), settings.Close.Std())
	settings.Close = duration.Duration(4 * time.Hour)
	text, err := json.Marshal(settings)
	fmt.Println(string(text), err)
	// Output:
	// 2160h0m0s 1h30m0s
	// {"keep":"90d","close":"4h"} <nil>
}

func ExampleParse() {
	for _, text := range []string{"30d", "90m", "a week"} {
		d, err := duration.Parse(text)
		fmt.Println(d, err)
	}
	// Output:
	// 30d <nil>
	// 1h30m <nil>
	// 0s duration: parse: want a form such as "30d", "4h" or "1h30m"
}
