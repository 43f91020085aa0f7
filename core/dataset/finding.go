package dataset

import "strconv"

// A Check names what was looked at.
type Check string

// The checks, worst first.
const (
	ForeignLabels  Check = "foreign-labels"   // the annotation's size is not the picture's; kind: other (by: filename if pairing by that would do), scaled
	NoLabels       Check = "no-labels"        // no box at all; part ("" for the whole set)
	ClassNames     Check = "class-names"      // kind: case and typo (class, other, boxes, other-boxes), blank, only-val (class), only-train (class), unnamed (class, boxes: the lowest number of YOLO without a name, and the boxes of all such)
	Leak           Check = "leak"             // the same picture to train and to validate on; kind: same, near (pairs)
	DuplicateFiles Check = "duplicate-images" // the same picture twice in one part; kind: same, near
	MissingFields  Check = "missing-fields"   // kind: size, difficult, box
	BadBox         Check = "bad-box"          // kind: outside, reversed, empty; boxes
	Rotated        Check = "rotated"          // stored turned; kind: stored (boxes drawn on the stored picture), seen, unclear
	Unlabelled     Check = "unlabelled"       // kind: missing (no XML), empty (no object in it)
	NoPicture      Check = "no-picture"       // annotations that belong to no picture
	Unreadable     Check = "unreadable"       // reason: see the Picture and Broken constants; kind: label for annotations
	WrongExtension Check = "wrong-extension"  // format
	Encoding       Check = "encoding"         // encoding; kind: name for the picture's file name, else the annotation's text
	Imbalance      Check = "imbalance"        // kind: rare (class, boxes, other, other-boxes), few (class, boxes), tiny (boxes, of)
	Difficult      Check = "difficult"        // boxes
	DuplicateRows  Check = "duplicate-rows"   // boxes
	NotLooked      Check = "not-looked-at"    // pictures that Twins had no time for; pictures (of how many)
)

// A Severity is what a finding does to a training.
type Severity string

// The severities.
const (
	Ruins Severity = "ruins" // nothing useful would come out
	Harms Severity = "harms" // the model would be worse than it could be, or look better than it is
	Minor Severity = "note"  // good to know
)

// A Mend is who can put a finding right. Mends happen in the prepared folder.
type Mend string

// The mends.
const (
	MendAuto Mend = "auto" // done when the labels are converted
	MendAsk  Mend = "ask"  // the user decides
	MendNone Mend = "none" // only the user can
)

// A Finding is one kind of defect with all the files that have it.
type Finding struct {
	Check    Check
	Severity Severity
	Mend     Mend
	Files    []string          // relative to the set's root, the worst first; pairs of a leak follow each other
	Lines    []int             // where in each of the files, counted from 1; none where a line tells nothing
	Args     map[string]string // the details named beside each Check
}

// Place names one of the finding's files, with the line after a colon where
// there is one.
func (f Finding) Place(i int) string {
	if i < len(f.Lines) {
		return f.Files[i] + ":" + strconv.Itoa(f.Lines[i])
	}
	return f.Files[i]
}

// rank orders findings of equal severity.
var rank = map[Check]int{
	NoLabels: 0, ForeignLabels: 1, ClassNames: 2, Unreadable: 3, Leak: 4, Rotated: 5, Unlabelled: 6, BadBox: 7,
	MissingFields: 8, NoPicture: 9, DuplicateFiles: 10, DuplicateRows: 11, Difficult: 12, WrongExtension: 13, Encoding: 14, Imbalance: 15, NotLooked: 16,
}

var severityRank = map[Severity]int{Ruins: 0, Harms: 1, Minor: 2}
