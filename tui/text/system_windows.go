package text

import "golang.org/x/sys/windows"

// System returns the language of the user's system, such as zh-CN, or "".
func System() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
