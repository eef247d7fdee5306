// Command testbed runs the reference server: etcd, the real kube-apiserver and the controllers without which
// deletes would not behave as in a cluster (namespaces, garbage collector), all in one process on loopback.
//
// The kubeconfig appears at its path only once the server is ready, and is gone again when the program has ended.
// Nothing is printed unless something went wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/klog/v2"
)

// How long requests under way may take at a stop. Nothing outlives the process, so nothing else is waited for: a
// full shutdown would wait ten seconds for open watches.
const stopTimeout = 500 * time.Millisecond

type config struct {
	kubeconfig      string
	port            int
	emulatedVersion string
	logFile         string
	stopWithStdin   bool
	startTimeout    time.Duration
}

func main() {
	var cfg config
	flag.StringVar(&cfg.kubeconfig, "kubeconfig", "", "where to write the kubeconfig once the server is ready (required)")
	flag.IntVar(&cfg.port, "port", 0, "loopback port to serve on; 0 picks a free one")
	flag.StringVar(&cfg.emulatedVersion, "emulated-version", "", "older minor version to behave as, such as 1.34")
	flag.StringVar(&cfg.logFile, "log-file", "", "where the server's log goes; nowhere when empty")
	flag.BoolVar(&cfg.stopWithStdin, "stop-with-stdin", false, "stop when standard input is closed, that is when the starter dies")
	flag.DurationVar(&cfg.startTimeout, "start-timeout", time.Minute, "how long the server may take to get ready")
	flag.Parse()
	// Clients name themselves after the program, and what they write is recorded under that name: here as in a cluster.
	os.Args[0] = "kube-apiserver"
	if cfg.kubeconfig == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if cfg.stopWithStdin {
		ctx = untilClosed(ctx, os.Stdin)
	}
	if err := run(ctx, cfg); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		os.Exit(1)
	}
}

// run holds everything that must be undone at the end, so that main may exit with a code.
func run(ctx context.Context, cfg config) error {
	dir, err := os.MkdirTemp("", "korm-testbed-")
	if err != nil {
		return fmt.Errorf("cannot make a directory for the server's data: %w", err)
	}
	defer os.RemoveAll(dir)
	closeLog, err := redirectLog(cfg.logFile)
	if err != nil {
		return err
	}
	defer closeLog()
	// klog.Fatal would leave the directory behind.
	klog.OsExit = func(code int) {
		os.RemoveAll(dir)
		os.Remove(cfg.kubeconfig)
		fmt.Fprintln(os.Stderr, "testbed: the server gave up; run it with --log-file to see why")
		os.Exit(code)
	}

	etcd, err := startEtcd(filepath.Join(dir, "etcd"), cfg.startTimeout)
	if err != nil {
		return err
	}

	serving, cancel := context.WithCancel(ctx)
	defer cancel()
	server, err := startServer(serving, cfg, dir, etcd.Clients[0].Addr().String())
	if err != nil {
		return err
	}
	if err := server.waitReady(serving, cfg.startTimeout); err != nil {
		return err
	}
	if err := startControllers(serving, server.loopback); err != nil {
		return err
	}
	compactURL, err := serveCompaction(serving, etcd)
	if err != nil {
		return err
	}
	if err := server.writeKubeconfig(cfg.kubeconfig, compactURL); err != nil {
		return err
	}
	defer os.Remove(cfg.kubeconfig)

	select {
	case <-ctx.Done():
	case err := <-server.ended:
		return fmt.Errorf("the API server ended by itself: %w", err)
	}
	cancel()
	select {
	case <-server.ended:
	case <-time.After(stopTimeout):
	}
	return nil
}

// untilClosed ends the context when the reader is at its end.
func untilClosed(ctx context.Context, reader io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, reader)
	}()
	return ctx
}

// redirectLog keeps the server's log off the terminal.
func redirectLog(path string) (func(), error) {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL"} {
		if err := flags.Set(name, value); err != nil {
			return nil, fmt.Errorf("cannot set up the log: %w", err)
		}
	}
	if path == "" {
		klog.SetOutput(io.Discard)
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("cannot write the log: %w", err)
	}
	klog.SetOutput(file)
	return func() {
		klog.Flush()
		file.Close()
	}, nil
}
