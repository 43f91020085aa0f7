package dataset

import (
	"bytes"
	"reflect"
	"testing"
)

// seeds are annotations of many kinds, right and wrong.
var seeds = []string{
	"<annotation><filename>a.jpg</filename><size><width>100</width><height>80</height></size><object><name>dog</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3.5</xmax><ymax>4e1</ymax></bndbox></object></annotation>",
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<annotation verified=\"yes\">\r\n\t<object>\r\n\t\t<name> dog\r\n</name><bndbox/></object>\r\n</annotation>\r\n",
	"<?xml version='1.0'?><annotation><object><part><name>x</name><bndbox><xmin>1</xmin></bndbox></part><name>\u884c\u4eba</name></object></annotation>",
	"<annotation><!-- c --><object><name><![CDATA[a]]></name><bndbox a='1'><xmin>1</xmin></bndbox></object></annotation>",
	"<annotation><object><name>a &amp; b</name></object></annotation>",
	"<annotation><object><name>a<b>c</b>d</name></object></annotation>",
	"<annotation><size><width></width><height> 5 </height></size></annotation>",
	"<annotation></annotation><annotation></annotation>",
	"<annotation>]]></annotation>", "<annotation/>", "<annotation >x</annotation >", "<a:annotation></a:annotation>",
	"<annotation><a></b></annotation>", "<annotation>", "text", "", "\uFEFF<annotation></annotation>\n\n",
	"<annotation><size><width>-1</width><height>1e99</height></size></annotation>", "<annotation>\x01</annotation>", "<annotation>\uFFFF</annotation>",
	"version https://git-lfs.github.com/spec/v1\n", "\xff\xfe<\x00a\x00/\x00>\x00", "<annotation><name>\xd0\xd0\xc8\xcb</name></annotation>",
	"<?xml version=\"1.1\"?><annotation></annotation>", "<?xml version=\"1.0\" encoding=\"gbk\"?><annotation></annotation>",
}

// Whatever scan takes, encoding/xml reads in the same way.
func FuzzScan(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, enc := decode(data)
		if enc == "" {
			return
		}
		fast, ok := scan(text, map[string]string{})
		if !ok {
			return
		}
		slow, err := parseXML(text, map[string]string{})
		if err != nil {
			t.Fatalf("scan takes what encoding/xml refuses: %v", err)
		}
		if len(fast.boxes) == 0 && len(slow.boxes) == 0 {
			fast.boxes, slow.boxes = nil, nil
		}
		if !reflect.DeepEqual(fast, slow) {
			t.Fatalf("scan\n%+v\nencoding/xml\n%+v", fast, slow)
		}
	})
}

// Every input is read or refused with a reason and a line that exists.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parse(data, map[string]string{})
		if err != nil {
			e, ok := err.(*syntaxError)
			if !ok || e.reason == "" || e.line < 1 || e.line > 1+bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r")) {
				t.Fatalf("%#v", err)
			}
			return
		}
		for _, b := range a.boxes {
			if in, ok := b.Within(100, 80); ok && (in.XMin < 0 || in.YMin < 0 || in.XMax > 100 || in.YMax > 80 || in.XMin >= in.XMax || in.YMin >= in.YMax) {
				t.Fatalf("%+v became %+v", b, in)
			}
		}
	})
}

// The plain kind of file must not fall back: it would be slow unseen.
func TestScanTakesPlainFiles(t *testing.T) {
	for _, text := range seeds[:3] {
		if _, ok := scan([]byte(text), map[string]string{}); !ok {
			t.Errorf("not taken: %s", text)
		}
	}
}
