package main

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	cacheddiscovery "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"

	corev1 "k8s.io/api/core/v1"
)

const (
	workers = 5
	// How often the garbage collector looks for new kinds. A cluster does so every 30 s; tests install a kind and
	// want its dependents collected a moment later.
	discoveryPeriod = time.Second
	resyncPeriod    = 5 * time.Minute
)

// startControllers starts the controllers that finish what a delete began.
func startControllers(ctx context.Context, loopback *rest.Config) error {
	config := rest.CopyConfig(loopback)
	config.QPS = -1
	config.UserAgent = "kube-controller-manager"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("cannot make the controllers' client: %w", err)
	}
	metadataClient, err := metadata.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("cannot make the controllers' metadata client: %w", err)
	}
	typed := informers.NewSharedInformerFactory(client, 0)
	bare := metadatainformer.NewSharedInformerFactory(metadataClient, 0)

	emptier := namespace.NewNamespaceController(ctx, client, metadataClient,
		client.Discovery().ServerPreferredNamespacedResources,
		typed.Core().V1().Namespaces(), resyncPeriod, corev1.FinalizerKubernetes)

	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cacheddiscovery.NewMemCacheClient(client.Discovery()))
	started := make(chan struct{})
	close(started)
	collector, err := garbagecollector.NewGarbageCollector(ctx, client, metadataClient, mapper,
		garbagecollector.DefaultIgnoredResources(), informerfactory.NewInformerFactory(typed, bare), started)
	if err != nil {
		return fmt.Errorf("cannot make the garbage collector: %w", err)
	}

	typed.Start(ctx.Done())
	bare.Start(ctx.Done())
	go emptier.Run(ctx, workers)
	go wait.UntilWithContext(ctx, func(context.Context) { mapper.Reset() }, discoveryPeriod)
	go collector.Run(ctx, workers, discoveryPeriod)
	go collector.Sync(ctx, client.Discovery(), discoveryPeriod)
	return nil
}
