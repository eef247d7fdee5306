// Creates objects with client-go, so many at once: what korm's and kube-rs's creates are compared with.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
)

var peaches = schema.GroupVersionResource{Group: "bench.korm.dev", Version: "v1", Resource: "peaches"}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the server's kubeconfig")
	namespace := flag.String("namespace", "default", "where to create")
	objects := flag.Int("objects", 1000, "how many objects")
	inFlight := flag.Int("in-flight", 16, "requests at once")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	// The client's own limit of 5 requests a second is not what is measured.
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}

	begin := time.Now()
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range *inFlight {
		workers.Go(func() {
			for number := range numbers {
				if _, err := client.Resource(peaches).Namespace(*namespace).Create(
					context.Background(), peach(number), metav1.CreateOptions{},
				); err != nil {
					log.Fatal(err)
				}
			}
		})
	}
	for number := range *objects {
		numbers <- number
	}
	close(numbers)
	workers.Wait()

	done := map[string]any{
		"objects": *objects, "sum": 0, "bytes": 0, "requests": *objects,
		"seconds": time.Since(begin).Seconds(),
	}
	if err := json.NewEncoder(os.Stdout).Encode(done); err != nil {
		log.Fatal(err)
	}
}

func peach(number int) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "bench.korm.dev/v1",
		"kind":       "Peach",
		"metadata": map[string]any{
			"name":   fmt.Sprintf("peach-%06d", number),
			"labels": map[string]any{"orchard": fmt.Sprintf("orchard-%d", number%10)},
		},
		"spec": map[string]any{"variety": "Frost", "price": int64(number)},
	}}
}
