package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// maxValue bounds how much of one detail stands in a sentence.
const maxValue = 400

// Fill writes details into a sentence. {name} stands for a detail, {name:form}
// for one that is written in a form of its own (see value), {low..high:form} for
// a range of two. A part in double brackets, such as [[, torch {torch}]], is left
// out if a detail in it is empty. Details come from elsewhere: they are cleaned
// here.
func (t *Text) Fill(sentence string, args map[string]string) string {
	var b strings.Builder
	for {
		open := strings.Index(sentence, "[[")
		if open < 0 {
			break
		}
		before, rest := sentence[:open], sentence[open+2:]
		part, after, ok := strings.Cut(rest, "]]")
		if !ok {
			break
		}
		b.WriteString(t.fill(before, args, nil))
		empty := false
		if filled := t.fill(part, args, &empty); !empty {
			b.WriteString(beforeStop(filled, after))
		}
		sentence = after
	}
	b.WriteString(t.fill(sentence, args, nil))
	return b.String()
}

// FillWith fills a form with details given as name, value.
func (t *Text) FillWith(form string, details ...string) string {
	args := map[string]string{}
	for i := 0; i+1 < len(details); i += 2 {
		args[details[i]] = details[i+1]
	}
	return t.Fill(form, args)
}

func (t *Text) fill(sentence string, args map[string]string, empty *bool) string {
	said := ""
	for {
		before, rest, ok := strings.Cut(sentence, "{")
		said += before
		if !ok {
			return said
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return said + "{" + rest
		}
		name, form, _ := strings.Cut(name, ":")
		written, there := t.detail(name, form, args)
		if !there && empty != nil {
			*empty = true
		}
		written = beforeStop(written, after)
		if form != "" {
			// A word of ours needs no blank in Chinese; what others wrote keeps it.
			if tight, ok := strings.CutSuffix(said, " "); ok && bothHan(tight, written) {
				said = tight
			}
			if tight, ok := strings.CutPrefix(after, " "); ok && bothHan(written, tight) {
				after = tight
			}
		}
		if meet(said, written) {
			said += " "
		}
		said += t.kept(name, written)
		if meet(written, after) {
			said += " "
		}
		sentence = after
	}
}

// detail writes a detail in a form, or two of them with .. between as a range.
func (t *Text) detail(name, form string, args map[string]string) (written string, there bool) {
	if low, high, ok := strings.Cut(name, ".."); ok {
		from, thereFrom := t.detail(low, form, args)
		to, thereTo := t.detail(high, form, args)
		return t.between(from, to), thereFrom && thereTo
	}
	value, ok := args[name]
	if !ok {
		value = args[name+"_"+string(t.Lang)]
	}
	return t.value(form, value), value != ""
}

// between writes a range of two amounts; the unit that both have stands once:
// 3 to 7 min, CNY 0.09 to 0.23.
func (t *Text) between(low, high string) string {
	const digits = "0123456789"
	to := say{"到 ", " to "}.in(t.Lang)
	unit := func(s string) (before, after string, ok bool) {
		from, end := strings.IndexAny(s, digits), strings.LastIndexAny(s, digits)+1
		return s[:max(from, 0)], s[end:], from >= 0 && strings.Trim(s[from:end], digits+".,") == ""
	}
	before, after, ok := unit(low)
	also, behind, fine := unit(high)
	switch {
	case low == high:
		return low
	case !ok || !fine || before != also || after != behind:
		return low + to + high
	case t.Lang == ZH:
		to = " " + to
	}
	return strings.TrimSuffix(low, after) + to + strings.TrimPrefix(high, before)
}

// meet reports whether a Chinese character and a Latin letter or a figure
// would stand side by side: a blank goes between them.
func meet(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return unicode.Is(unicode.Han, last) && latin(first) || latin(last) && unicode.Is(unicode.Han, first)
}

// bothHan reports whether a text ends and another begins with a Chinese
// character.
func bothHan(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, first)
}

func latin(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// beforeStop drops the full stop that a quoted sentence brings along, if one
// follows anyway.
func beforeStop(s, after string) string {
	if strings.HasPrefix(after, ".") || strings.HasPrefix(after, "。") {
		return strings.TrimRight(s, ".。")
	}
	return s
}

// value writes one detail in the form asked for.
func (t *Text) value(form, value string) string {
	value = clean.Line(value)
	switch form {
	case "size":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return t.Size(n)
		}
	case "count":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return t.Count(n)
		}
	case "s", "es": // what an English word gets for more than one
		if value == "1" {
			return ""
		}
		return form
	case "panel": // a platform, where its instances are stopped
		if p, ok := rental.PlatformByID(value); ok && p.Web != "" {
			return t.Fill(thePanel.in(t.Lang), map[string]string{"platform": value})
		}
		return itsPanel.in(t.Lang)
	case "host":
		if value == wizard.PracticePlatform {
			return t.value("platform", value)
		}
	case "state": // a file in the folder of evidence
		return bounded(journey.StateDir + "/" + value)
	case "rehearsed":
		return strings.Replace(value, say{" (rehearsal)", "(rehearsal)"}.in(t.Lang), say{"（演练）", "(rehearsal)"}.in(t.Lang), 1)
	case "score": // the best mAP50
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			for _, v := range verdicts {
				if x >= v.from {
					return value + say{"（", " ("}.in(t.Lang) + v.word.in(t.Lang) + say{"）", ")"}.in(t.Lang)
				}
			}
		}
	case "money": // as rental.Money writes it: 1.88 CNY
		if amount, currency, ok := strings.Cut(value, " "); ok {
			if x, err := strconv.ParseFloat(amount, 64); err == nil {
				return t.Money(x, currency)
			}
		}
	case "seconds":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return t.Duration(time.Duration(n) * time.Second)
		}
	case "power":
		if s, ok := powerWords[value]; ok {
			return s.in(t.Lang)
		}
	case "sees":
		if s, ok := seesWords[value]; ok {
			return s.in(t.Lang)
		}
	case "about":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return t.About(time.Duration(n) * time.Second)
		}
	case "next": // a number counted from 0, for people
		if n, err := strconv.Atoi(value); err == nil {
			return strconv.Itoa(n + 1)
		}
	case "step":
		if s := t.Step(journey.Step(value)); s.Name != "" {
			return s.Name
		}
	case "question":
		if q, ok := t.questions[value]; ok {
			return q.Title
		}
	case "platform":
		if p, ok := rental.PlatformByID(value); ok {
			return t.OfPlatform(p.Name)
		}
	case "check":
		return t.checkName(value)
	case "yesno":
		return map[bool]string{true: t.Yes, false: t.No}[value == "true"]
	case "short": // a digest
		if len(value) > 12 {
			return value[:12]
		}
	case "guard":
		if s, ok := guardWords[value]; ok {
			return s.in(t.Lang)
		}
	case "extra":
		if s, ok := extraWords[value]; ok {
			return s.in(t.Lang)
		}
	case "auto": // a number, or -1 for what is found out at the instance
		if value == "-1" {
			return t.value("word", "auto")
		}
	case "allowed": // 0 .. 1000 (10): a range, and an example
		value = rangeSign.ReplaceAllString(value, "$1"+say{" 到 ", " to "}.in(t.Lang)+"$2")
		value = exampleSign.ReplaceAllString(value, say{"，例如 $1", ", such as $1"}.in(t.Lang))
	case "stop":
		if s, ok := stopWords[value]; ok {
			return s.in(t.Lang)
		}
	case "word":
		if s, ok := valueWords[value]; ok {
			return s.in(t.Lang)
		}
	}
	return bounded(value)
}

var (
	rangeSign   = regexp.MustCompile(`(\d) ?\.\. ?(\d)`)
	exampleSign = regexp.MustCompile(` \(([^()]+)\)$`)
)

func bounded(s string) string {
	if len(s) <= maxValue {
		return s
	}
	cut := maxValue
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

var (
	thePanel = say{"{platform:platform}的面板", "the panel of {platform:platform}"}
	itsPanel = say{"租给你的网站", "the site that rents it to you"}
)

// trouble is a problem's sentences in both languages.
type trouble struct{ what, next say }

// Failure is ProblemOf for the failure that a step's record keeps.
func (t *Text) Failure(f journey.Failure) ProblemText {
	return t.ProblemOf(problem.Code(f.Code), f.Args)
}
