package journey

// A Step is one of the seven steps of the journey, by its name.
type Step string

// The steps, named as in the plan, the progress file and the command line.
const (
	Region   Step = "region"   // choose region
	Check    Step = "check"    // check data
	Convert  Step = "convert"  // convert labels
	Classes  Step = "classes"  // edit class count
	Upload   Step = "upload"   // upload
	Train    Step = "train"    // train
	Download Step = "download" // download
)

// Steps returns the steps in the order of the journey.
func Steps() []Step {
	return []Step{Region, Check, Convert, Classes, Upload, Train, Download}
}

// needs names the earlier steps whose outcome a step builds on.
var needs = map[Step][]Step{
	Convert:  {Check},
	Classes:  {Convert},
	Upload:   {Region, Convert, Classes},
	Train:    {Upload},
	Download: {Train},
}

// Needs are the earlier steps whose outcome the step builds on.
func (s Step) Needs() []Step { return needs[s] }

// ParseStep returns the step of that name.
func ParseStep(name string) (Step, bool) {
	for _, s := range Steps() {
		if string(s) == name {
			return s, true
		}
	}
	return "", false
}

// A State is where a step stands.
type State string

// The states of a step. A step whose inputs or evidence changed is Stale,
// never silently Done.
const (
	Todo    State = "todo"
	Done    State = "done"
	Stale   State = "stale"
	Failed  State = "failed"
	Running State = "running" // begun and not ended: interrupted, or at work on the instance
)
