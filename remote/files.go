package remote

import (
	"context"

	"github.com/pkg/sftp"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// SFTP opens the server's files, where it lets anybody do that.
func (h host) SFTP(ctx context.Context) (*sftp.Client, error) {
	c, _, err := h.i.connection(ctx)
	if err != nil {
		return nil, err
	}
	client, err := sftp.NewClient(c.client)
	if err != nil {
		if !c.alive() {
			return nil, problem.New(instance.ConnectionLost, err, "host", h.Name())
		}
		return nil, problem.New(instance.NoShell, err, "host", h.Name())
	}
	return client, nil
}

// lookAtFiles is what can be seen of an instance that serves files and runs no
// commands: where its home folder is, and how much goes in.
func (i *Instance) lookAtFiles(ctx context.Context) (instance.Facts, bool) {
	client, err := host{i}.SFTP(ctx)
	if err != nil {
		return instance.Facts{}, false
	}
	defer func() { _ = client.Close() }()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	home, err := client.Getwd()
	if err != nil {
		return instance.Facts{}, false
	}
	disk := instance.Disk{Path: home, FreeInodes: -1, Writable: true}
	if v, err := client.StatVFS(home); err == nil {
		disk.FreeBytes = int64(v.Bavail * v.Frsize)
	}
	return instance.Facts{User: i.o.Target.User, Home: home, Disks: []instance.Disk{disk}}, true
}
