package planfile

import "strings"

// SplitList reads a list from one line of a form. Both the Latin and the Chinese
// comma separate; a comma within an item is written with a backslash.
func SplitList(s string) []string {
	var items []string
	var b strings.Builder
	end := func() {
		if item := strings.TrimSpace(b.String()); item != "" {
			items = append(items, item)
		}
		b.Reset()
	}
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			if !strings.ContainsRune(listSpecial, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ',' || r == '，':
			end()
		default:
			b.WriteRune(r)
		}
	}
	if escaped {
		b.WriteByte('\\')
	}
	end()
	return items
}

// IsList reports whether the value of a key is a list.
func IsList(key string) bool {
	f := fieldOf(key)
	return f != nil && f.list
}

const listSpecial = `\,，`

// JoinList writes a list as the line that SplitList reads.
func JoinList(items []string) string {
	escaped := make([]string, len(items))
	for i, item := range items {
		for _, r := range listSpecial {
			item = strings.ReplaceAll(item, string(r), `\`+string(r))
		}
		escaped[i] = item
	}
	return strings.Join(escaped, ", ")
}
