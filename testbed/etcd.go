package main

import (
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// startEtcd runs a one-member etcd on free loopback ports. It keeps nothing beyond the process's life, so it does
// not wait for the disk, and it elects itself at once.
func startEtcd(dir string, timeout time.Duration) (*embed.Etcd, error) {
	free := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	cfg := embed.NewConfig()
	cfg.Dir = dir
	cfg.UnsafeNoFsync = true
	cfg.TickMs = 10
	cfg.ElectionMs = 100
	cfg.LogLevel = "fatal"
	cfg.LogOutputs = []string{"/dev/null"}
	cfg.ListenClientUrls = []url.URL{free}
	cfg.AdvertiseClientUrls = []url.URL{free}
	cfg.ListenPeerUrls = []url.URL{free}
	cfg.AdvertisePeerUrls = []url.URL{free}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)

	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("cannot start etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err := <-etcd.Err():
		etcd.Close()
		return nil, fmt.Errorf("etcd ended while starting: %w", err)
	case <-time.After(timeout):
		etcd.Close()
		return nil, fmt.Errorf("etcd was not ready after %s", timeout)
	}
}
