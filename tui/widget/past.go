package widget

// past is the lines of a log that are on the disk alone. The widget reads no
// file: it says which lines it wants, and is given them.
type past struct {
	known  bool
	base   int              // number of the file's first line in the pane
	blocks map[int][]string // by number of the block in the file
	recent []int            // blocks, those given last at the end
}

// A block is what is read at once; so many are kept.
const (
	blockLines = 128
	mostBlocks = 8
)

// OnDisk says that all lines from now on are in a file too, its first line
// being the next that is added.
func (l *Log) OnDisk() { l.file = past{known: true, base: l.total, blocks: map[int][]string{}} }

// oldest is the number of the oldest line that can be shown.
func (l *Log) oldest() int {
	if l.file.known {
		return min(l.file.base, l.first())
	}
	return l.first()
}

func (p *past) line(n int) string {
	n -= p.base
	if n < 0 {
		return ""
	}
	if block := p.blocks[n/blockLines]; n%blockLines < len(block) {
		return block[n%blockLines]
	}
	return ""
}

// Wanted returns the numbers, in the file, of lines in the window that were
// not given yet: from one, up to another.
func (l *Log) Wanted() (from, to int, ok bool) {
	if !l.file.known {
		return 0, 0, false
	}
	for n := max(l.start(), l.file.base); n < min(l.stop(), l.first()); n++ {
		if block := (n - l.file.base) / blockLines; l.file.blocks[block] == nil {
			return block * blockLines, (block + 1) * blockLines, true
		}
	}
	return 0, 0, false
}

// Give takes lines that were wanted. Fewer than wanted are all that there are.
func (l *Log) Give(from int, lines []string) {
	p := &l.file
	if !p.known {
		return
	}
	if lines == nil {
		lines = []string{} // there are none
	}
	block := from / blockLines
	if p.blocks[block] == nil {
		p.recent = append(p.recent, block)
	}
	p.blocks[block] = lines
	if len(p.recent) > mostBlocks {
		delete(p.blocks, p.recent[0])
		p.recent = p.recent[1:]
	}
	l.redraw()
}

// Elsewhere returns the numbers, in the file, of the lines that are on the disk
// alone and come before (direction -1) or after (1) the place of the search.
func (l *Log) Elsewhere(direction int) (from, to int, ok bool) {
	if !l.file.known {
		return 0, 0, false
	}
	from, to = 0, l.first()-l.file.base
	if at := l.at - l.file.base; l.at >= 0 && at < to {
		if direction < 0 {
			to = at
		} else {
			from = at + 1
		}
	} else if direction > 0 {
		return 0, 0, false // it is among the lines that are kept, or beyond
	}
	return from, to, from < to
}

// Found goes to a line of the file; of all that are on the disk alone, count
// hold what is searched for, or it is below 0 if that is not told.
func (l *Log) Found(line, count int) {
	if count >= 0 {
		l.older = count
	}
	if line >= 0 {
		l.goTo(l.file.base + line)
	}
}
