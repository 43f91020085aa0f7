// Package bulk writes large data sets that have nothing wrong with them, to
// measure what reading and converting them costs. Spoilt ones are the business
// of package planted.
package bulk

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
)

// Classes of the boxes.
var Classes = []string{"class0", "class1", "class2", "class3", "class4", "class5"}

// Annotations writes n annotations as labelling programs do, of some 1.6 KB
// with five or six objects each, into a folder that is there: 000000.xml and
// so on.
func Annotations(dir string, n int) error {
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.xml", i)), annotation(i), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Pictures writes n small pictures that go with the annotations; no two are
// the same.
func Pictures(dir string, n int) error {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		return err
	}
	start, rest := picture.Bytes()[:2], picture.Bytes()[2:]
	for i := range n {
		data := bytes.Clone(start)
		data = fmt.Appendf(data, "\xFF\xFE\x00\x08%06d", i) // a comment
		data = append(data, rest...)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.jpg", i)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func annotation(i int) []byte {
	var t bytes.Buffer
	fmt.Fprintf(&t, "<annotation>\n\t<folder>images</folder>\n\t<filename>%06d.jpg</filename>\n\t<path>/home/user/images/%06d.jpg</path>\n", i, i)
	t.WriteString("\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n\t<size>\n\t\t<width>640</width>\n\t\t<height>480</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n")
	for o := range 5 + i%2 {
		x, y := (i*37+o*101)%500, (i*53+o*71)%400
		fmt.Fprintf(&t, "\t<object>\n\t\t<name>%s</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n", Classes[o])
		fmt.Fprintf(&t, "\t\t<bndbox>\n\t\t\t<xmin>%d</xmin>\n\t\t\t<ymin>%d</ymin>\n\t\t\t<xmax>%d</xmax>\n\t\t\t<ymax>%d</ymax>\n\t\t</bndbox>\n\t</object>\n", x, y, x+20+i%100, y+20+i%60)
	}
	t.WriteString("</annotation>\n")
	return t.Bytes()
}
