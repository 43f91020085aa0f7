package sample

import (
	"bytes"
	"fmt"
	"image"
)

// A box is tight around the visible pixels of one figure; max is exclusive,
// as labelling programs write it.
type box struct {
	image.Rectangle
	truncated bool
}

// annotation is the Pascal VOC label file of one picture, with the fields that
// labelling programs write.
func annotation(folder, file string, size image.Point, boxes []box) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<annotation>\n\t<folder>%s</folder>\n\t<filename>%s</filename>\n", folder, file)
	b.WriteString("\t<source>\n\t\t<database>gpuwizard sample</database>\n\t</source>\n")
	fmt.Fprintf(&b, "\t<size>\n\t\t<width>%d</width>\n\t\t<height>%d</height>\n\t\t<depth>3</depth>\n\t</size>\n", size.X, size.Y)
	b.WriteString("\t<segmented>0</segmented>\n")
	for _, box := range boxes {
		truncated := 0
		if box.truncated {
			truncated = 1
		}
		fmt.Fprintf(&b, "\t<object>\n\t\t<name>%s</name>\n\t\t<pose>Unspecified</pose>\n", Class)
		fmt.Fprintf(&b, "\t\t<truncated>%d</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n", truncated)
		fmt.Fprintf(&b, "\t\t\t<xmin>%d</xmin>\n\t\t\t<ymin>%d</ymin>\n\t\t\t<xmax>%d</xmax>\n\t\t\t<ymax>%d</ymax>\n",
			box.Min.X, box.Min.Y, box.Max.X, box.Max.Y)
		b.WriteString("\t\t</bndbox>\n\t</object>\n")
	}
	b.WriteString("</annotation>\n")
	return b.Bytes()
}
