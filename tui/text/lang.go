package text

import "strings"

// A Lang is a language of the program.
type Lang string

// The languages.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// ParseLang takes what a person may write for a language: zh, zh-CN, en_US.
func ParseLang(s string) (Lang, bool) {
	s = strings.ToLower(s)
	for _, lang := range []Lang{ZH, EN} {
		if rest, ok := strings.CutPrefix(s, string(lang)); ok && (rest == "" || strings.ContainsRune("-_.@", rune(rest[0]))) {
			return lang, true
		}
	}
	return EN, false
}

// Detect chooses the language of the environment's locale, else of the
// system's own setting, else English. As POSIX has it, the first of LC_ALL,
// LC_MESSAGES and LANG that is set decides; "C" and "POSIX" decide nothing.
func Detect(env func(string) string, system func() string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := env(name)
		if value == "" {
			continue
		}
		base, _, _ := strings.Cut(value, ".")
		if base == "C" || base == "POSIX" {
			break
		}
		lang, _ := ParseLang(value)
		return lang
	}
	lang, _ := ParseLang(system())
	return lang
}
