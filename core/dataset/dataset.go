// Package dataset reads folders of labelled pictures and finds in them what
// would spoil a training.
//
// It reads Pascal VOC, LabelMe, CVAT, COCO and YOLO; which one a folder has is
// found out by looking into its files. The folder may have train and test
// folders (or val, valid), or lists of the pictures of each part, or be flat;
// pictures and labels may lie side by side or in folders of their own (images
// and annotations, JPEGImages and Annotations). Unpack makes such a folder of
// a zip file. The user's files are opened read-only.
//
// Writing labels is the business of package label; the sentences that explain
// a finding live with the faces of the program.
package dataset

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"gpuwizard/core/problem"
)

// Codes of problems that this package returns.
const (
	NoSuchFolder     problem.Code = "no-such-folder"    // path
	NotFolder        problem.Code = "not-a-folder"      // path
	FolderUnreadable problem.Code = "folder-unreadable" // path
	FileUnreadable   problem.Code = "file-unreadable"   // path
	NoPictures       problem.Code = "no-pictures"       // path, annotations (how many XML files there are)
	BrokenAnnotation problem.Code = "broken-annotation" // path, line, object (may be missing: the place in a JSON file, such as annotations[12]), reason (see the Broken constants), count (of such files)
)

// Why an annotation cannot be read.
const (
	BrokenEmpty    = "empty"       // no bytes, or blanks alone
	BrokenPointer  = "lfs-pointer" // a Git LFS pointer in place of the file
	BrokenSyntax   = "syntax"      // no well-formed XML
	BrokenRoot     = "root"        // XML, but no VOC annotation
	BrokenNumber   = "number"      // a coordinate or size that is no number
	BrokenTooLarge = "too-large"   // beyond any real annotation
	BrokenEncoding = "encoding"    // neither UTF-8, UTF-16 nor GB18030
	BrokenScale    = "scale"       // YOLO: values that are no parts of a picture's sides, such as pixels
	BrokenClosed   = "closed"      // it may not be read
)

// Parts of a set. A picture whose part is "" waits for Split.
const (
	Train = "train"
	Val   = "val"
)

// A Layout is how a folder is arranged.
type Layout string

// The layouts.
const (
	Parted Layout = "parted" // divided into a part to train on and one to validate on
	Flat   Layout = "flat"   // not divided yet
)

// A Set is what Read found. Paths are relative to Root, with slashes.
type Set struct {
	Root     string
	Format   Format // of the labels that were read; "" if there are none
	Layout   Layout
	Items    []Item   // in byte order of their pictures' paths
	Classes  []Class  // in byte order of their names
	LeftOut  []string // folders and files that were not read on purpose; labels/*.txt stands for many files
	Findings []Finding
	// Fingerprint is the SHA-256 over the names and sizes of all files that
	// were read and the content of the annotations, with the lists of pictures
	// and of class names that go with them: it changes when the data do.
	Fingerprint string
}

// Count returns how many pictures belong to a part.
func (s *Set) Count(part string) int {
	n := 0
	for i := range s.Items {
		if s.Items[i].Part == part {
			n++
		}
	}
	return n
}

// An Item is one picture with its label.
type Item struct {
	Image      string
	Annotation string // "" if there is none; in some formats all pictures share one
	Part       string // Train, Val, or "" in a flat set
	Format     string // as the content says: jpeg, png, bmp, webp, tiff, gif; "" if the picture cannot be read
	Fault      string // why the picture cannot be used: one of the Picture constants; "" if it can
	Width      int    // from the picture's header, once it is upright; 0 if it cannot be read
	Height     int
	// Orientation says how the picture is stored, as EXIF does: 1 is upright,
	// 6 and 8 lie on a side. Viewers and OpenCV turn such pictures upright.
	Orientation int
	// Turn is the orientation that the boxes share with the stored picture:
	// above 1 they must be turned with it. See Upright.
	Turn int
	// LabelWidth and LabelHeight are the size of the space that the boxes are
	// given in: the picture's own, or that of the larger or smaller picture
	// it was scaled from after it was labelled. With a Turn on a side, it is
	// that of the picture as it is stored.
	LabelWidth  int
	LabelHeight int
	Boxes       []Box
	Size        int64 // bytes of the picture
	// Group is the same for pictures that are the same, or nearly so as Twins
	// finds; "" for one that has no twin. Split keeps a group together.
	Group string

	twin        string // the first of the pictures with the same bytes, "" if there is no other
	turnUnknown bool   // nothing tells whether the boxes must be turned
}

// Readable reports whether YOLOv5 can train on the picture.
func (it *Item) Readable() bool {
	// YOLOv5 v7.0, utils/dataloaders.py, verify_image_label: both sides at
	// least 10 pixels; GIF is not among IMG_FORMATS.
	return it.Fault == "" && it.Width >= minSide && it.Height >= minSide && it.Format != "gif"
}

// A Box is one labelled object, as the annotation has it: it may still be
// reversed or reach outside of the picture.
type Box struct {
	Class                  string
	XMin, YMin, XMax, YMax float64
	Difficult              bool
}

// Within returns the box with its corners in order and clipped to a picture of
// this size. It is false if less than one pixel is left in either direction:
// nothing can be learned from such a box.
func (b Box) Within(width, height int) (Box, bool) {
	b.XMin, b.XMax = clip(b.XMin, b.XMax, float64(width))
	b.YMin, b.YMax = clip(b.YMin, b.YMax, float64(height))
	return b, b.XMax-b.XMin >= 1 && b.YMax-b.YMin >= 1
}

func clip(low, high, limit float64) (float64, float64) {
	if low > high {
		low, high = high, low
	}
	return max(0, min(low, limit)), max(0, min(high, limit))
}

// A Class with its boxes by part.
type Class struct {
	Name  string
	Boxes map[string]int // by part
	Total int
}

// Options of Read; the zero value will do.
type Options struct {
	// ByFilename gives each picture the annotation that names it in
	// <filename>, whatever the annotation itself is called: the mend that a
	// finding of foreign labels offers with Args["by"] "filename".
	ByFilename bool
	Workers    int            // 0: one for each processor
	Tell       func(Progress) // called now and then, never twice at a time
	// Skip, once it is closed, ends a look at the pictures by Twins: what was
	// not looked at by then is named in the Likeness.
	Skip <-chan struct{}
}

// Progress of Read or Twins.
type Progress struct {
	Phase       Phase
	Done, Total int // pictures and annotations; Total is 0 while folders are listed
	Path        string
}

// A Phase is what is being done to a set.
type Phase string

// The phases, in their order.
const (
	Unpacking Phase = "unpack" // of a zip file
	Listing   Phase = "list"   // of folders
	Reading   Phase = "scan"   // of annotations and of the pictures' headers
	Decoding  Phase = "decode" // of the pictures, by Twins
	Comparing Phase = "alike"  // of each picture with each, by Twins
	Whole     Phase = ""       // nothing is left to do
)

// Read reads the folder and checks what is in it. When annotations are broken,
// or may not be read, it returns the set without their labels, all of them
// among its findings, beside a problem that names the first of them: a training
// on such a set would take the pictures for empty.
func Read(ctx context.Context, dir string, opts Options) (*Set, error) {
	return read(ctx, dir, opts, nil)
}

// read reads the folder while a survey may look on.
func read(ctx context.Context, dir string, opts Options, seen *Survey) (*Set, error) {
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	found, err := list(ctx, dir, opts.Tell)
	if err != nil {
		return nil, err
	}
	if len(found.pictures) == 0 {
		return nil, problem.New(NoPictures, nil, "path", dir, "annotations", strconv.Itoa(len(found.annotations)))
	}
	r, err := newReading(ctx, dir, found, opts)
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.survey = seen
	seen.begin(r)
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	set := r.set()
	if err := check(ctx, set, r); err != nil {
		return nil, err
	}
	seen.change(r.nameCollections)
	if err := r.closedProblem(); err != nil {
		return set, err
	}
	return set, r.brokenProblem()
}

func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem.New(NoSuchFolder, err, "path", dir)
	case err != nil:
		return problem.New(FolderUnreadable, err, "path", dir)
	case !info.IsDir():
		return problem.New(NotFolder, nil, "path", dir)
	}
	return nil
}

func local(root, rel string) string { return filepath.Join(root, filepath.FromSlash(rel)) }
