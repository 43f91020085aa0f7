package planted

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset"
)

// defects in the order of the checks, worst first.
var defects = []Defect{
	{
		Name: "no-labels", Check: dataset.NoLabels, Severity: dataset.Ruins,
		plant: func(f folder) error { return f.remove(append(train(".xml", 1, 48), test(".xml", 49, 60)...)...) },
	},
	{
		// Pictures renamed after they were labelled: each annotation still
		// says which one it was made for.
		Name: "foreign-labels", Check: dataset.ForeignLabels, Kind: "other", Severity: dataset.Ruins,
		Files: swapped,
		plant: func(f folder) error {
			for i := 0; i < len(swapped); i += 2 {
				a, errA := f.read(swapped[i])
				b, errB := f.read(swapped[i+1])
				if err := errors.Join(errA, errB, f.write(swapped[i], b), f.write(swapped[i+1], a)); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		Name: "scaled", Check: dataset.ForeignLabels, Kind: "scaled", Severity: dataset.Minor,
		Files: train(".xml", 4, 4),
		plant: func(f folder) error {
			return errors.Join(f.element("width", "3200", train(".xml", 4, 4)...), f.element("height", "2400", train(".xml", 4, 4)...))
		},
	},
	{
		Name: "typo", Check: dataset.ClassNames, Kind: "typo", Severity: dataset.Harms,
		Files: train(".xml", 2, 4),
		plant: func(f folder) error { return f.element("name", "perrson", train(".xml", 2, 4)...) },
	},
	{
		Name: "case", Check: dataset.ClassNames, Kind: "case", Severity: dataset.Harms,
		Files: train(".xml", 5, 7),
		plant: func(f folder) error { return f.element("name", "Person", train(".xml", 5, 7)...) },
	},
	{
		Name: "blank", Check: dataset.ClassNames, Kind: "blank", Severity: dataset.Minor,
		Files: train(".xml", 8, 8),
		plant: func(f folder) error { return f.element("name", "person ", train(".xml", 8, 8)...) },
	},
	{
		Name: "only-val", Check: dataset.ClassNames, Kind: "only-val", Severity: dataset.Harms,
		Files: test(".xml", 50, 55),
		plant: func(f folder) error { return f.element("name", "bicycle", test(".xml", 50, 55)...) },
	},
	{
		Name: "broken-annotation", Check: dataset.Unreadable, Kind: "label", Severity: dataset.Ruins, Stops: true,
		Files: train(".xml", 9, 9),
		plant: func(f folder) error {
			data, err := f.read("train/person-009.xml")
			return errors.Join(err, f.write("train/person-009.xml", data[:len(data)/2]))
		},
	},
	{
		Name: "pointer", Check: dataset.Unreadable, Severity: dataset.Harms,
		Files: train(".jpg", 10, 11),
		plant: func(f folder) error {
			pointer := []byte("version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 12345\n")
			return errors.Join(f.write("train/person-010.jpg", pointer), f.write("train/person-011.jpg", pointer))
		},
	},
	{
		Name: "gif", Check: dataset.Unreadable, Severity: dataset.Harms,
		Files: train(".jpg", 12, 12),
		plant: func(f folder) error { return f.encode(asGIF, train(".jpg", 12, 12)...) },
	},
	{
		Name: "truncated", Check: dataset.Unreadable, Severity: dataset.Harms, Decoding: true,
		Files: train(".jpg", 13, 14),
		plant: func(f folder) error { return f.halve(train(".jpg", 13, 14)...) },
	},
	{
		Name: "truncated-png", Check: dataset.Unreadable, Severity: dataset.Harms,
		Files: train(".png", 15, 15),
		plant: func(f folder) error {
			return errors.Join(f.encode(asPNG, train(".jpg", 15, 15)...), f.rename("train/person-015.jpg", "train/person-015.png"), f.halve("train/person-015.png"))
		},
	},
	{
		Name: "damaged-png", Check: dataset.Unreadable, Severity: dataset.Harms, Decoding: true,
		Files: train(".png", 15, 15),
		plant: func(f folder) error {
			if err := errors.Join(f.encode(asPNG, train(".jpg", 15, 15)...), f.rename("train/person-015.jpg", "train/person-015.png")); err != nil {
				return err
			}
			data, err := f.read("train/person-015.png")
			if err == nil {
				data[len(data)/2] ^= 0x10
			}
			return errors.Join(err, f.write("train/person-015.png", data))
		},
	},
	{
		Name: "leak", Check: dataset.Leak, Kind: "same", Severity: dataset.Harms,
		Files: append(train(".jpg", 16, 17), "test/again-1.jpg", "test/again-2.jpg"),
		plant: func(f folder) error {
			return errors.Join(
				f.copyFile("train/person-016.jpg", "test/again-1.jpg"), f.copyFile("train/person-016.xml", "test/again-1.xml"),
				f.copyFile("train/person-017.jpg", "test/again-2.jpg"), f.copyFile("train/person-017.xml", "test/again-2.xml"))
		},
	},
	{
		Name: "near-leak", Check: dataset.Leak, Kind: "near", Severity: dataset.Harms, Decoding: true,
		Files: append(train(".jpg", 18, 18), "test/passed-on.jpg"),
		plant: func(f folder) error {
			return errors.Join(
				f.copyFile("train/person-018.jpg", "test/passed-on.jpg"), f.encode(passedOn, "test/passed-on.jpg"),
				f.copyFile("train/person-018.xml", "test/passed-on.xml"))
		},
	},
	{
		Name: "duplicate-images", Check: dataset.DuplicateFiles, Kind: "same", Severity: dataset.Minor,
		Files: append(train(".jpg", 19, 19), "train/again.jpg"),
		plant: func(f folder) error {
			return errors.Join(f.copyFile("train/person-019.jpg", "train/again.jpg"), f.copyFile("train/person-019.xml", "train/again.xml"))
		},
	},
	{
		Name: "rotated", Check: dataset.Rotated, Kind: "stored", Severity: dataset.Harms,
		Files: train(".jpg", 20, 22),
		plant: func(f folder) error { return f.layOnSide(true, train("", 20, 22)...) },
	},
	{
		Name: "rotated-seen", Check: dataset.Rotated, Kind: "seen", Severity: dataset.Minor,
		Files: train(".jpg", 20, 22),
		plant: func(f folder) error { return f.layOnSide(false, train("", 20, 22)...) },
	},
	{
		Name: "unlabelled", Check: dataset.Unlabelled, Kind: "missing", Severity: dataset.Harms,
		Files: train(".jpg", 23, 30),
		plant: func(f folder) error { return f.remove(train(".xml", 23, 30)...) },
	},
	{
		Name: "size-nought", Check: dataset.MissingFields, Kind: "size", Severity: dataset.Minor,
		Files: train(".xml", 31, 33),
		plant: func(f folder) error {
			return errors.Join(f.element("width", "0", train(".xml", 31, 33)...), f.element("height", "0", train(".xml", 31, 33)...))
		},
	},
	{
		Name: "no-difficult", Check: dataset.MissingFields, Kind: "difficult", Severity: dataset.Minor,
		Files: train(".xml", 34, 34),
		plant: func(f folder) error { return f.edit("<difficult>0</difficult>", "", train(".xml", 34, 34)...) },
	},
	{
		Name: "outside", Check: dataset.BadBox, Kind: "outside", Severity: dataset.Harms,
		Files: train(".xml", 35, 36),
		plant: func(f folder) error { return f.element("xmax", "1999", train(".xml", 35, 36)...) },
	},
	{
		Name: "empty-box", Check: dataset.BadBox, Kind: "empty", Severity: dataset.Harms,
		Files: train(".xml", 37, 37),
		plant: func(f folder) error {
			return errors.Join(f.element("xmin", "50", train(".xml", 37, 37)...), f.element("xmax", "50", train(".xml", 37, 37)...))
		},
	},
	{
		Name: "reversed", Check: dataset.BadBox, Kind: "reversed", Severity: dataset.Harms,
		Files: train(".xml", 38, 38),
		plant: func(f folder) error {
			return errors.Join(f.element("xmin", "150", train(".xml", 38, 38)...), f.element("xmax", "50", train(".xml", 38, 38)...))
		},
	},
	{
		Name: "no-picture", Check: dataset.NoPicture, Severity: dataset.Harms,
		Files: train(".xml", 39, 39),
		plant: func(f folder) error { return f.remove("train/person-039.jpg") },
	},
	{
		Name: "duplicate-rows", Check: dataset.DuplicateRows, Severity: dataset.Minor,
		Files: train(".xml", 40, 40),
		plant: func(f folder) error {
			data, err := f.read("train/person-040.xml")
			if err != nil {
				return err
			}
			_, rest, _ := strings.Cut(string(data), "\t<object>")
			object, _, ok := strings.Cut(rest, "</object>\n")
			if !ok {
				return errors.New("no object")
			}
			return f.edit("</annotation>", "\t<object>"+object+"</object>\n</annotation>", "train/person-040.xml")
		},
	},
	{
		Name: "difficult", Check: dataset.Difficult, Severity: dataset.Minor,
		Files: train(".xml", 41, 43),
		plant: func(f folder) error { return f.element("difficult", "1", train(".xml", 41, 43)...) },
	},
	{
		Name: "wrong-extension", Check: dataset.WrongExtension, Severity: dataset.Minor,
		Files: train(".jpg", 44, 45),
		plant: func(f folder) error { return f.encode(asPNG, train(".jpg", 44, 45)...) },
	},
	{
		Name: "encoding", Check: dataset.Encoding, Severity: dataset.Minor,
		Files: train(".xml", 46, 46),
		plant: func(f folder) error {
			text, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("行人图片集"))
			if err != nil {
				return err
			}
			return f.element("folder", string(text), train(".xml", 46, 46)...)
		},
	},
	{
		Name: "chinese-names", Check: dataset.Encoding, Kind: "name", Severity: dataset.Minor,
		Files: []string{"train/行人 47.jpg"},
		plant: func(f folder) error {
			return errors.Join(f.rename("train/person-047.jpg", "train/行人 47.jpg"), f.rename("train/person-047.xml", "train/行人 47.xml"))
		},
	},
	{
		Name: "imbalance", Check: dataset.Imbalance, Kind: "rare", Severity: dataset.Minor,
		Files: append(train(".xml", 48, 48), "test/person-060.xml"),
		plant: func(f folder) error {
			return f.element("name", "umbrella", "train/person-048.xml", "test/person-060.xml")
		},
	},
}

// swapped are annotations whose pictures have other proportions, two by two.
var swapped = []string{
	"train/person-001.xml", "train/person-003.xml",
	"train/person-004.xml", "train/person-006.xml",
	"train/person-010.xml", "train/person-011.xml",
}

func (f folder) rename(from, to string) error { return os.Rename(f.path(from), f.path(to)) }

// halve cuts off the second half of files.
func (f folder) halve(names ...string) error {
	for _, name := range names {
		data, err := f.read(name)
		if err != nil {
			return err
		}
		if err := f.write(filepath.ToSlash(name), data[:len(data)/2]); err != nil {
			return err
		}
	}
	return nil
}
