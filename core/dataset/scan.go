package dataset

import "bytes"

// scan reads the plain kind of XML that labelling programs write, in a small
// part of the time that encoding/xml takes. It gives up (ok is false) on
// everything else and on every error, so that parseXML decides and says where
// the trouble is. It gives up on comments, CDATA, entities, processing
// instructions, attributes (but for the root's verified), prefixes, names
// outside ASCII and control characters.
//
// text must be valid UTF-8.
func scan(text []byte, names map[string]string) (a *annotation, ok bool) {
	if !plainBytes(text) {
		return nil, false
	}
	s := scanner{text: text}
	if !s.declaration() || !s.root() {
		return nil, false
	}
	b := &builder{names: names}
	if n := min(bytes.Count(text, []byte("<object>")), 1024); n > 0 {
		b.out.boxes = make([]Box, 0, n)
	}
	var path [maxDepth]tag
	var open [maxDepth][]byte
	depth := 0 // below the root
	for {
		length := bytes.IndexByte(s.text[s.at:], '<')
		if length < 0 || s.at+length+1 >= len(s.text) {
			return nil, false
		}
		content := s.text[s.at : s.at+length]
		s.at += length + 1
		if s.text[s.at] != '/' {
			name, empty := s.start()
			if name == nil || depth == maxDepth {
				return nil, false
			}
			path[depth], open[depth] = tagOf(name), name
			depth++
			b.enter(path[:depth])
			if !empty {
				continue
			}
			content = nil
		} else {
			s.at++
			name := []byte("annotation")
			if depth > 0 {
				name = open[depth-1]
			}
			if !s.end(name) {
				return nil, false
			}
			if depth == 0 {
				return &b.out, len(bytes.Trim(s.text[s.at:], blanks)) == 0
			}
		}
		// encoding/xml turns "\r\n" into "\n", which matters within a text.
		if t := path[depth-1]; (t == tagName || t == tagFilename) && bytes.IndexByte(bytes.TrimSpace(content), '\r') >= 0 {
			return nil, false
		}
		if b.leave(path[:depth], content) != nil {
			return nil, false
		}
		depth--
	}
}

const blanks = " \t\r\n"

// odd marks bytes that need a closer look than scan gives: controls, entities,
// the end of CDATA, and the lead byte of U+FFFE and U+FFFF.
var odd = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['\t'], t['\n'], t['\r'] = false, false, false
	t['&'], t[']'], t[0x7F], t[0xEF] = true, true, true, true
	return t
}()

func plainBytes(text []byte) bool {
	for _, c := range text {
		if odd[c] {
			return false
		}
	}
	return true
}

type scanner struct {
	text []byte
	at   int
}

// declaration skips an XML declaration of the usual form, if there is one.
func (s *scanner) declaration() bool {
	if !bytes.HasPrefix(s.text, []byte("<?")) {
		return true
	}
	end := bytes.Index(s.text, []byte("?>"))
	if end < 0 {
		return false
	}
	fields := bytes.Fields(bytes.TrimPrefix(s.text[:end], []byte("<?xml")))
	if !bytes.HasPrefix(s.text, []byte("<?xml ")) || len(fields) < 1 || len(fields) > 2 {
		return false
	}
	if string(fields[0]) != `version="1.0"` && string(fields[0]) != `version='1.0'` {
		return false
	}
	if len(fields) == 2 {
		switch string(bytes.ToLower(bytes.ReplaceAll(fields[1], []byte{'\''}, []byte{'"'}))) {
		case `encoding="utf-8"`, `encoding="gbk"`, `encoding="gb2312"`, `encoding="gb18030"`:
		default:
			return false
		}
	}
	s.at = end + len("?>")
	return true
}

// root skips to behind the root's start.
func (s *scanner) root() bool {
	s.blanks()
	if !s.skip("<annotation") {
		return false
	}
	return s.skip(">") || s.skip(` verified="yes">`) || s.skip(` verified="no">`)
}

func (s *scanner) blanks() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) skip(what string) bool {
	if len(s.text)-s.at < len(what) || string(s.text[s.at:s.at+len(what)]) != what {
		return false
	}
	s.at += len(what)
	return true
}

// start reads the rest of a start tag; name is nil if it is not plain.
func (s *scanner) start() (name []byte, empty bool) {
	from := s.at
	for s.at < len(s.text) && isName(s.text[s.at], s.at == from) {
		s.at++
	}
	name = s.text[from:s.at]
	if len(name) == 0 {
		return nil, false
	}
	s.blanks()
	empty = s.skip("/")
	if !s.skip(">") {
		return nil, false
	}
	return name, empty
}

// end reads the rest of an end tag of this name.
func (s *scanner) end(name []byte) bool {
	if !bytes.HasPrefix(s.text[s.at:], name) {
		return false
	}
	s.at += len(name)
	s.blanks()
	return s.skip(">")
}

func isName(c byte, first bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		return true
	case '0' <= c && c <= '9', c == '-', c == '.':
		return !first
	}
	return false
}
