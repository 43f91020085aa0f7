package wizard

import (
	"context"
	"errors"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
)

// A Keeper is an Instance that can see to it that the next login needs no
// typed password.
type Keeper interface {
	// ByPassword reports, once a login, whether it took a password.
	ByPassword() bool
	// InstallKey puts a key on the instance and logs in with it to see that it
	// works. It returns the private key's file, and whether it was made.
	InstallKey(ctx context.Context) (path string, made bool, err error)
	// KeepPassword puts the password into the system's keyring, and returns
	// under which login.
	KeepPassword(ctx context.Context) (login string, err error)
}

// remember does what the person wants for the next login after one with a
// password. Nothing here ends the step: the password worked.
func (w *work) remember() error {
	k, ok := w.instance.(Keeper)
	if !ok || !k.ByPassword() {
		return nil
	}
	how := planfile.Memory(w.plan.Remember)
	asked := how == planfile.RememberAsk
	if asked {
		login, err := ReadLogin(w.plan.Login)
		if err != nil {
			return err
		}
		if how, err = w.env.Face.Remember(w.ctx, login); err != nil {
			return err
		}
	}
	kept := true
	switch how {
	case planfile.RememberKey:
		path, made, err := k.InstallKey(w.ctx)
		switch {
		case problem.Has(err, instance.KeyNotTaken):
			kept = false
			w.note(NoteKeyNotTaken, "host", w.host())
		case err != nil:
			kept = false
			w.note(NoteKeyFailed, "detail", reasonOf(err))
		case made:
			w.note(NoteKeyInstalled, "made", path)
		default:
			w.note(NoteKeyInstalled, "path", path)
		}
	case planfile.RememberKeyring:
		login, err := k.KeepPassword(w.ctx)
		if err != nil {
			kept = false
			w.note(NoteKeyringFailed, "detail", reasonOf(err))
		} else {
			w.note(NoteKeyringKept, "login", login)
		}
	case planfile.RememberNothing:
	default:
		return nil
	}
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	if asked && kept {
		// Asked once: the answer is the plan's from now on.
		w.plan.Remember = string(how)
		return w.Set("remember", string(how))
	}
	return nil
}

// reasonOf is why something could not be done, in few words.
func reasonOf(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if p, ok := inner.(*problem.Problem); !ok {
			return clean.Line(inner.Error())
		} else if p.Err == nil {
			return string(p.Code)
		}
	}
	return ""
}
