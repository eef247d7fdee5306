package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
)

// compactRevKey is where kube-apiserver's own compactor writes down what it has compacted, and where every API server
// looks for what it must no longer serve from its caches (k8s.io/apiserver/pkg/storage/etcd3/compact.go).
const compactRevKey = "compact_rev_key"

// serveCompaction listens on a free loopback port for requests, of whatever kind, to forget all history until now.
// It gives the URL. Nothing is compacted otherwise, so that a test finds any version unless it asks for this.
func serveCompaction(ctx context.Context, etcd *embed.Etcd) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot listen for compactions: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		revision, err := compact(r.Context(), etcd)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, revision)
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// compact makes etcd forget everything before its newest revision, and tells the API server so. The server's caches
// follow within some 15 seconds.
func compact(ctx context.Context, etcd *embed.Etcd) (int64, error) {
	read, err := etcd.Server.Range(ctx, &pb.RangeRequest{Key: []byte(compactRevKey)})
	if err != nil {
		return 0, fmt.Errorf("cannot read etcd's revision: %w", err)
	}
	revision := read.Header.Revision
	value := []byte(strconv.FormatInt(revision, 10))
	if _, err := etcd.Server.Put(ctx, &pb.PutRequest{Key: []byte(compactRevKey), Value: value}); err != nil {
		return 0, fmt.Errorf("cannot write down the compaction: %w", err)
	}
	if _, err := etcd.Server.Compact(ctx, &pb.CompactionRequest{Revision: revision, Physical: true}); err != nil {
		return 0, fmt.Errorf("cannot compact to revision %d: %w", revision, err)
	}
	return revision, nil
}
