package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// apiServer is a running kube-apiserver.
type apiServer struct {
	address  string
	caFile   string
	users    []user
	loopback *rest.Config
	ended    chan error
}

// startServer starts kube-apiserver on top of the etcd at the given address. It does not wait until it is ready.
func startServer(ctx context.Context, cfg config, dir, etcdAddress string) (*apiServer, error) {
	users, err := newUsers()
	if err != nil {
		return nil, err
	}
	tokens := filepath.Join(dir, "tokens.csv")
	if err := writeTokens(tokens, users); err != nil {
		return nil, err
	}
	key := filepath.Join(dir, "service-account.key")
	if err := writeKey(key); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", cfg.port))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on loopback port %d: %w", cfg.port, err)
	}

	certs := filepath.Join(dir, "certs")
	flags := []string{
		"--etcd-servers=http://" + etcdAddress,
		"--cert-dir=" + certs,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
		"--token-auth-file=" + tokens,
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount",
		"--profiling=false",
		// A test may begin at any version, however long the server has been running. Without an interval nobody would look
		// for compactions that others ask for: see compact.go.
		"--etcd-compaction-interval=8760h",
	}
	if cfg.emulatedVersion != "" {
		flags = append(flags, "--emulated-version="+cfg.emulatedVersion)
	}

	prepared, loopback, err := prepare(ctx, flags, listener)
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("cannot set up kube-apiserver: %w", err)
	}
	server := &apiServer{
		address:  "https://" + listener.Addr().String(),
		caFile:   filepath.Join(certs, "apiserver.crt"),
		users:    users,
		loopback: loopback,
		ended:    make(chan error, 1),
	}
	go func() {
		err := prepared(ctx)
		if err == nil {
			err = errors.New("without an error")
		}
		server.ended <- err
	}()
	return server, nil
}

// prepare takes kube-apiserver through the same steps as its own command does.
func prepare(ctx context.Context, flags []string, listener net.Listener) (func(context.Context) error, *rest.Config, error) {
	opts := options.NewServerRunOptions()
	set := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	named := opts.Flags()
	for _, part := range named.FlagSets {
		set.AddFlagSet(part)
	}
	if err := set.Parse(flags); err != nil {
		return nil, nil, err
	}
	opts.SecureServing.Listener = listener
	opts.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port
	// The server's own client would print the warnings that its tests of deprecated kinds provoke.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})

	if err := opts.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return nil, nil, err
	}
	completed, err := opts.Complete(ctx)
	if err != nil {
		return nil, nil, err
	}
	if problems := completed.Validate(); len(problems) > 0 {
		return nil, nil, errors.Join(problems...)
	}
	config, err := app.NewConfig(completed)
	if err != nil {
		return nil, nil, err
	}
	complete, err := config.Complete()
	if err != nil {
		return nil, nil, err
	}
	chain, err := app.CreateServerChain(complete)
	if err != nil {
		return nil, nil, err
	}
	prepared, err := chain.PrepareRun()
	if err != nil {
		return nil, nil, err
	}
	return prepared.Run, chain.GenericAPIServer.LoopbackClientConfig, nil
}

// waitReady returns once the server says that it is ready and the namespace `default` is there, which the server
// makes for itself a moment later.
func (s *apiServer) waitReady(ctx context.Context, timeout time.Duration) error {
	client, err := kubernetes.NewForConfig(s.loopback)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		err := ready(ctx, client)
		if err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			return fmt.Errorf("the API server ended while starting: %w", ended)
		case <-ctx.Done():
			return fmt.Errorf("the API server did not get ready: %w", err)
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func ready(ctx context.Context, client *kubernetes.Clientset) error {
	if _, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err != nil {
		return err
	}
	_, err := client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceDefault, metav1.GetOptions{})
	return err
}

// writeKubeconfig puts the finished file in place in one step, readable only by its owner.
func (s *apiServer) writeKubeconfig(path, compactURL string) error {
	ca, err := os.ReadFile(s.caFile)
	if err != nil {
		return fmt.Errorf("cannot read the server's certificate: %w", err)
	}
	return writeKubeconfig(path, s.address, compactURL, ca, s.users)
}
