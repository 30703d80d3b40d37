package emulator

import "encoding/json"

// convert makes a value of one version's type from one of another's that has the
// same JSON. Fields that To does not have are left out.
func convert[To any](from any) (to To, err error) {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, &to)
	}
	return to, err
}
