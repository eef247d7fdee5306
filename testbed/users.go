package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/keyutil"
)

// user is somebody whom the server knows by a bearer token, and for whom the kubeconfig has a context.
type user struct {
	context string
	name    string
	group   string
	token   string
}

// newUsers makes the users of this run: one who may do everything, and one who may do nothing beyond what every
// authenticated user may (discovery), for tests of refusals.
func newUsers() ([]user, error) {
	users := []user{
		{context: "reference", name: "admin", group: "system:masters"},
		{context: "reference-nobody", name: "nobody", group: "nobodies"},
	}
	for i := range users {
		raw := make([]byte, 24)
		if _, err := rand.Read(raw); err != nil {
			return nil, fmt.Errorf("cannot make a token: %w", err)
		}
		users[i].token = hex.EncodeToString(raw)
	}
	return users, nil
}

// writeTokens writes the file that --token-auth-file reads: token, name, uid, groups.
func writeTokens(path string, users []user) error {
	var lines strings.Builder
	for _, u := range users {
		fmt.Fprintf(&lines, "%s,%s,%s,%s\n", u.token, u.name, u.name, u.group)
	}
	return os.WriteFile(path, []byte(lines.String()), 0o600)
}

// writeKey makes the key that signs service account tokens.
func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot make the service account key: %w", err)
	}
	pem, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return fmt.Errorf("cannot encode the service account key: %w", err)
	}
	return os.WriteFile(path, pem, 0o600)
}

// compactExtension names the entry of the kubeconfig's cluster with the URL that makes it forget its history.
const compactExtension = "korm.dev/testbed-compact"

// writeKubeconfig writes the file beside its place and renames it, so that whoever waits for it never sees half.
func writeKubeconfig(path, address, compactURL string, ca []byte, users []user) error {
	const cluster = "reference"
	compact, err := json.Marshal(compactURL)
	if err != nil {
		return fmt.Errorf("cannot encode the URL for compactions: %w", err)
	}
	config := clientcmdapi.NewConfig()
	config.Clusters[cluster] = &clientcmdapi.Cluster{
		Server:                   address,
		CertificateAuthorityData: ca,
		Extensions:               map[string]runtime.Object{compactExtension: &runtime.Unknown{Raw: compact, ContentType: runtime.ContentTypeJSON}},
	}
	for _, u := range users {
		config.AuthInfos[u.name] = &clientcmdapi.AuthInfo{Token: u.token}
		config.Contexts[u.context] = &clientcmdapi.Context{Cluster: cluster, AuthInfo: u.name, Namespace: "default"}
	}
	config.CurrentContext = users[0].context
	text, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("cannot encode the kubeconfig: %w", err)
	}

	temporary, err := os.CreateTemp(filepath.Dir(path), ".kubeconfig-")
	if err != nil {
		return fmt.Errorf("cannot write the kubeconfig: %w", err)
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(text); err != nil {
		return fmt.Errorf("cannot write the kubeconfig: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("cannot write the kubeconfig: %w", err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("cannot put the kubeconfig in place: %w", err)
	}
	return nil
}
