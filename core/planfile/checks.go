package planfile

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

func checkLine(s string) error {
	if len(s) > 4096 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("not one line of text")
	}
	return nil
}

// CheckName takes a plain name: of letters, digits, - _ and . alone, and none
// of the latter in front.
func CheckName(s string) error {
	if len(s) > 64 || strings.HasPrefix(s, "-") || strings.HasPrefix(s, ".") || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	}) {
		return fmt.Errorf("not a plain name")
	}
	return nil
}

func platformNames() []string {
	var names []string
	for _, p := range rental.Platforms() {
		names = append(names, p.ID)
	}
	return names
}

func checkPlatform(s string) error { return oneOf(platformNames()...)(s) }

// checkInstance takes a name that may stand in a web address as it is.
func checkInstance(s string) error {
	if CheckName(s) != nil {
		return fmt.Errorf("not the name of an instance")
	}
	return nil
}

func checkFingerprint(s string) error {
	if err := checkLine(s); err != nil || !strings.HasPrefix(s, "SHA256:") || len(s) != len("SHA256:")+43 {
		return fmt.Errorf("not a fingerprint")
	}
	return nil
}

func checkGit(s string) error {
	if checkLine(s) != nil || strings.HasPrefix(s, "-") || !strings.Contains(s, "://") || strings.ContainsAny(s, " \t") {
		return fmt.Errorf("not a URL")
	}
	if rest := s[strings.Index(s, "://")+3:]; strings.Contains(strings.SplitN(rest, "/", 2)[0], "@") {
		return problem.New(AnswerHasSecret, nil, "key", "code.git")
	}
	return nil
}

// checkRemote takes an absolute path on the instance; a practice instance on
// Windows has a drive letter in front.
func checkRemote(s string) error {
	if checkLine(s) != nil || path.Clean(s) != strings.TrimSuffix(s, "/") || !path.IsAbs(s) && !filepath.IsAbs(s) {
		return fmt.Errorf("not an absolute path")
	}
	return nil
}

// checkRemoteFolder refuses the folders that are not the wizard's to fill.
func checkRemoteFolder(s string) error {
	if strings.Count(strings.Trim(s, "/"), "/") < 1 {
		return fmt.Errorf("too close to the root folder")
	}
	return checkRemote(s)
}

func checkModel(s string) error {
	if CheckName(s) != nil {
		return fmt.Errorf("not the name of a model YAML")
	}
	return nil
}

// CheckDevice takes what YOLOv5 takes for --device, and auto.
func CheckDevice(s string) error {
	if s == "auto" || s == "cpu" {
		return nil
	}
	for _, n := range strings.Split(s, ",") {
		if i, err := strconv.Atoi(n); err != nil || i < 0 || i > 63 {
			return fmt.Errorf("not a device")
		}
	}
	return nil
}

func checkCurrency(s string) error {
	if len(s) != 3 || strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return fmt.Errorf("not a currency code")
	}
	return nil
}

func autoOr(check func(string) error) func(string) error {
	return func(s string) error {
		if s == "auto" {
			return nil
		}
		return check(s)
	}
}

func oneOf(values ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(values, s) {
			return fmt.Errorf("not one of the values")
		}
		return nil
	}
}

// checkLogin takes a login line, and refuses one that brings a password
// along: it would end up in a file. The name of a host may stand in a plan
// whose SSH configuration is on another computer.
func checkLogin(s string) error {
	login, err := rental.ParseLogin(s, strings.TrimSpace(s))
	if err != nil {
		return err
	}
	if login.Password != "" {
		return problem.New(AnswerHasSecret, nil, "key", "login")
	}
	return nil
}

// secretive reports whether a wrong value of a key may hold a secret, so that
// it is not told again.
func secretive(key string) bool { return key == "login" || key == "code.git" }

// ParseRate reads bytes a second as people write them: 500K, 2M, 1.5M. "" is no
// limit, and 0.
func ParseRate(s string) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	number, unit := s, int64(1)
	for suffix, n := range map[string]int64{"K": 1 << 10, "M": 1 << 20, "G": 1 << 30} {
		if rest, ok := strings.CutSuffix(strings.ToUpper(s), suffix); ok {
			number, unit = rest, n
		}
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(x > 0) || x*float64(unit) < 1<<10 || x*float64(unit) > 1<<40 {
		return 0, fmt.Errorf("not a rate")
	}
	return int64(x * float64(unit)), nil
}

func checkRate(s string) error {
	_, err := ParseRate(s)
	return err
}
