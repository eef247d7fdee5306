// Written by `cargo xtask record`; do not edit.
&[
    GroupVersion { group: "", version: "v1", package: "io.k8s.api.core.v1", resources: &[
        Resource { name: "bindings", kind: "Binding", singular: "binding", namespaced: true, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "componentstatuses", kind: "ComponentStatus", singular: "componentstatus", namespaced: false, short_names: &["cs"], categories: &[], verbs: &["get","list"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "configmaps", kind: "ConfigMap", singular: "configmap", namespaced: true, short_names: &["cm"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "qFsyl6wFWjQ=", subresources: &[
        ] },
        Resource { name: "endpoints", kind: "Endpoints", singular: "endpoints", namespaced: true, short_names: &["ep"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "fWeeMqaN/OA=", subresources: &[
        ] },
        Resource { name: "events", kind: "Event", singular: "event", namespaced: true, short_names: &["ev"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "r2yiGXH7wu8=", subresources: &[
        ] },
        Resource { name: "limitranges", kind: "LimitRange", singular: "limitrange", namespaced: true, short_names: &["limits"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "EBKMFVe6cwo=", subresources: &[
        ] },
        Resource { name: "namespaces", kind: "Namespace", singular: "namespace", namespaced: false, short_names: &["ns"], categories: &[], verbs: &["create","delete","get","list","patch","update","watch"], storage_version_hash: "Q3oi5N2YM8M=", subresources: &[
            Subresource { name: "finalize", group: "", version: "v1", kind: "Namespace", verbs: &["update"] },
            Subresource { name: "status", group: "", version: "v1", kind: "Namespace", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "nodes", kind: "Node", singular: "node", namespaced: false, short_names: &["no"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "XwShjMxG9Fs=", subresources: &[
            Subresource { name: "proxy", group: "", version: "v1", kind: "NodeProxyOptions", verbs: &["create","delete","get","patch","update"] },
            Subresource { name: "status", group: "", version: "v1", kind: "Node", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "persistentvolumeclaims", kind: "PersistentVolumeClaim", singular: "persistentvolumeclaim", namespaced: true, short_names: &["pvc"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "QWTyNDq0dC4=", subresources: &[
            Subresource { name: "status", group: "", version: "v1", kind: "PersistentVolumeClaim", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "persistentvolumes", kind: "PersistentVolume", singular: "persistentvolume", namespaced: false, short_names: &["pv"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "HN/zwEC+JgM=", subresources: &[
            Subresource { name: "status", group: "", version: "v1", kind: "PersistentVolume", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "pods", kind: "Pod", singular: "pod", namespaced: true, short_names: &["po"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "xPOwRZ+Yhw8=", subresources: &[
            Subresource { name: "attach", group: "", version: "v1", kind: "PodAttachOptions", verbs: &["create","get"] },
            Subresource { name: "binding", group: "", version: "v1", kind: "Binding", verbs: &["create"] },
            Subresource { name: "ephemeralcontainers", group: "", version: "v1", kind: "Pod", verbs: &["get","patch","update"] },
            Subresource { name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: &["create"] },
            Subresource { name: "exec", group: "", version: "v1", kind: "PodExecOptions", verbs: &["create","get"] },
            Subresource { name: "log", group: "", version: "v1", kind: "Pod", verbs: &["get"] },
            Subresource { name: "portforward", group: "", version: "v1", kind: "PodPortForwardOptions", verbs: &["create","get"] },
            Subresource { name: "proxy", group: "", version: "v1", kind: "PodProxyOptions", verbs: &["create","delete","get","patch","update"] },
            Subresource { name: "resize", group: "", version: "v1", kind: "Pod", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "", version: "v1", kind: "Pod", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "podtemplates", kind: "PodTemplate", singular: "podtemplate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "LIXB2x4IFpk=", subresources: &[
        ] },
        Resource { name: "replicationcontrollers", kind: "ReplicationController", singular: "replicationcontroller", namespaced: true, short_names: &["rc"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Jond2If31h0=", subresources: &[
            Subresource { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "", version: "v1", kind: "ReplicationController", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourcequotas", kind: "ResourceQuota", singular: "resourcequota", namespaced: true, short_names: &["quota"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "8uhSgffRX6w=", subresources: &[
            Subresource { name: "status", group: "", version: "v1", kind: "ResourceQuota", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "secrets", kind: "Secret", singular: "secret", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "S6u1pOWzb84=", subresources: &[
        ] },
        Resource { name: "serviceaccounts", kind: "ServiceAccount", singular: "serviceaccount", namespaced: true, short_names: &["sa"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "pbx9ZvyFpBE=", subresources: &[
            Subresource { name: "token", group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", verbs: &["create"] },
        ] },
        Resource { name: "services", kind: "Service", singular: "service", namespaced: true, short_names: &["svc"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "0/CO1lhkEBI=", subresources: &[
            Subresource { name: "proxy", group: "", version: "v1", kind: "ServiceProxyOptions", verbs: &["create","delete","get","patch","update"] },
            Subresource { name: "status", group: "", version: "v1", kind: "Service", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "apiregistration.k8s.io", version: "v1", package: "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1", resources: &[
        Resource { name: "apiservices", kind: "APIService", singular: "apiservice", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "InPBPD7+PqM=", subresources: &[
            Subresource { name: "status", group: "apiregistration.k8s.io", version: "v1", kind: "APIService", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "apps", version: "v1", package: "io.k8s.api.apps.v1", resources: &[
        Resource { name: "controllerrevisions", kind: "ControllerRevision", singular: "controllerrevision", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "85nkx63pcBU=", subresources: &[
        ] },
        Resource { name: "daemonsets", kind: "DaemonSet", singular: "daemonset", namespaced: true, short_names: &["ds"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "dd7pWHUlMKQ=", subresources: &[
            Subresource { name: "status", group: "apps", version: "v1", kind: "DaemonSet", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "deployments", kind: "Deployment", singular: "deployment", namespaced: true, short_names: &["deploy"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "8aSe+NMegvE=", subresources: &[
            Subresource { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "apps", version: "v1", kind: "Deployment", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "replicasets", kind: "ReplicaSet", singular: "replicaset", namespaced: true, short_names: &["rs"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "P1RzHs8/mWQ=", subresources: &[
            Subresource { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "apps", version: "v1", kind: "ReplicaSet", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "statefulsets", kind: "StatefulSet", singular: "statefulset", namespaced: true, short_names: &["sts"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "H+vl74LkKdo=", subresources: &[
            Subresource { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "apps", version: "v1", kind: "StatefulSet", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "events.k8s.io", version: "v1", package: "io.k8s.api.events.v1", resources: &[
        Resource { name: "events", kind: "Event", singular: "event", namespaced: true, short_names: &["ev"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "r2yiGXH7wu8=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "authentication.k8s.io", version: "v1", package: "io.k8s.api.authentication.v1", resources: &[
        Resource { name: "selfsubjectreviews", kind: "SelfSubjectReview", singular: "selfsubjectreview", namespaced: false, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "tokenreviews", kind: "TokenReview", singular: "tokenreview", namespaced: false, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
    ] },
    GroupVersion { group: "authorization.k8s.io", version: "v1", package: "io.k8s.api.authorization.v1", resources: &[
        Resource { name: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview", singular: "localsubjectaccessreview", namespaced: true, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview", singular: "selfsubjectaccessreview", namespaced: false, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview", singular: "selfsubjectrulesreview", namespaced: false, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
        Resource { name: "subjectaccessreviews", kind: "SubjectAccessReview", singular: "subjectaccessreview", namespaced: false, short_names: &[], categories: &[], verbs: &["create"], storage_version_hash: "", subresources: &[
        ] },
    ] },
    GroupVersion { group: "autoscaling", version: "v2", package: "io.k8s.api.autoscaling.v2", resources: &[
        Resource { name: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", singular: "horizontalpodautoscaler", namespaced: true, short_names: &["hpa"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "qwQve8ut294=", subresources: &[
            Subresource { name: "status", group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "autoscaling", version: "v1", package: "io.k8s.api.autoscaling.v1", resources: &[
        Resource { name: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", singular: "horizontalpodautoscaler", namespaced: true, short_names: &["hpa"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "qwQve8ut294=", subresources: &[
            Subresource { name: "status", group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "batch", version: "v1", package: "io.k8s.api.batch.v1", resources: &[
        Resource { name: "cronjobs", kind: "CronJob", singular: "cronjob", namespaced: true, short_names: &["cj"], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "sd5LIXh4Fjs=", subresources: &[
            Subresource { name: "status", group: "batch", version: "v1", kind: "CronJob", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "jobs", kind: "Job", singular: "job", namespaced: true, short_names: &[], categories: &["all"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "mudhfqk/qZY=", subresources: &[
            Subresource { name: "status", group: "batch", version: "v1", kind: "Job", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "certificates.k8s.io", version: "v1", package: "io.k8s.api.certificates.v1", resources: &[
        Resource { name: "certificatesigningrequests", kind: "CertificateSigningRequest", singular: "certificatesigningrequest", namespaced: false, short_names: &["csr"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "95fRKMXA+00=", subresources: &[
            Subresource { name: "approval", group: "certificates.k8s.io", version: "v1", kind: "CertificateSigningRequest", verbs: &["get","patch","update"] },
            Subresource { name: "status", group: "certificates.k8s.io", version: "v1", kind: "CertificateSigningRequest", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "clustertrustbundles", kind: "ClusterTrustBundle", singular: "clustertrustbundle", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "v5yhuVertL4=", subresources: &[
        ] },
        Resource { name: "podcertificaterequests", kind: "PodCertificateRequest", singular: "podcertificaterequest", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "wYA9yXQH8fg=", subresources: &[
            Subresource { name: "status", group: "certificates.k8s.io", version: "v1", kind: "PodCertificateRequest", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "certificates.k8s.io", version: "v1beta1", package: "io.k8s.api.certificates.v1beta1", resources: &[
        Resource { name: "clustertrustbundles", kind: "ClusterTrustBundle", singular: "clustertrustbundle", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "v5yhuVertL4=", subresources: &[
        ] },
        Resource { name: "podcertificaterequests", kind: "PodCertificateRequest", singular: "podcertificaterequest", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "wYA9yXQH8fg=", subresources: &[
            Subresource { name: "status", group: "certificates.k8s.io", version: "v1beta1", kind: "PodCertificateRequest", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "networking.k8s.io", version: "v1", package: "io.k8s.api.networking.v1", resources: &[
        Resource { name: "ingressclasses", kind: "IngressClass", singular: "ingressclass", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "l/iqIbDgFyQ=", subresources: &[
        ] },
        Resource { name: "ingresses", kind: "Ingress", singular: "ingress", namespaced: true, short_names: &["ing"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "39NQlfNR+bo=", subresources: &[
            Subresource { name: "status", group: "networking.k8s.io", version: "v1", kind: "Ingress", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "ipaddresses", kind: "IPAddress", singular: "ipaddress", namespaced: false, short_names: &["ip"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "3f/plJFChNE=", subresources: &[
        ] },
        Resource { name: "networkpolicies", kind: "NetworkPolicy", singular: "networkpolicy", namespaced: true, short_names: &["netpol"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "YpfwF18m1G8=", subresources: &[
        ] },
        Resource { name: "servicecidrs", kind: "ServiceCIDR", singular: "servicecidr", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "gNLvruQhW2g=", subresources: &[
            Subresource { name: "status", group: "networking.k8s.io", version: "v1", kind: "ServiceCIDR", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "policy", version: "v1", package: "io.k8s.api.policy.v1", resources: &[
        Resource { name: "poddisruptionbudgets", kind: "PodDisruptionBudget", singular: "poddisruptionbudget", namespaced: true, short_names: &["pdb"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "EVWiDmWqyJw=", subresources: &[
            Subresource { name: "status", group: "policy", version: "v1", kind: "PodDisruptionBudget", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "rbac.authorization.k8s.io", version: "v1", package: "io.k8s.api.rbac.v1", resources: &[
        Resource { name: "clusterrolebindings", kind: "ClusterRoleBinding", singular: "clusterrolebinding", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "48tpQ8gZHFc=", subresources: &[
        ] },
        Resource { name: "clusterroles", kind: "ClusterRole", singular: "clusterrole", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "bYE5ZWDrJ44=", subresources: &[
        ] },
        Resource { name: "rolebindings", kind: "RoleBinding", singular: "rolebinding", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "eGsCzGH6b1g=", subresources: &[
        ] },
        Resource { name: "roles", kind: "Role", singular: "role", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "7FuwZcIIItM=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "storage.k8s.io", version: "v1", package: "io.k8s.api.storage.v1", resources: &[
        Resource { name: "csidrivers", kind: "CSIDriver", singular: "csidriver", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "hL6j/rwBV5w=", subresources: &[
        ] },
        Resource { name: "csinodes", kind: "CSINode", singular: "csinode", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Pe62DkZtjuo=", subresources: &[
            Subresource { name: "status", group: "storage.k8s.io", version: "v1", kind: "CSINode", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "csistoragecapacities", kind: "CSIStorageCapacity", singular: "csistoragecapacity", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "xeVl+2Ly1kE=", subresources: &[
        ] },
        Resource { name: "storageclasses", kind: "StorageClass", singular: "storageclass", namespaced: false, short_names: &["sc"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "K+m6uJwbjGY=", subresources: &[
        ] },
        Resource { name: "volumeattachments", kind: "VolumeAttachment", singular: "volumeattachment", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "tJx/ezt6UDU=", subresources: &[
            Subresource { name: "status", group: "storage.k8s.io", version: "v1", kind: "VolumeAttachment", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "volumeattributesclasses", kind: "VolumeAttributesClass", singular: "volumeattributesclass", namespaced: false, short_names: &["vac"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "tIjydgKBC5w=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "admissionregistration.k8s.io", version: "v1", package: "io.k8s.api.admissionregistration.v1", resources: &[
        Resource { name: "mutatingadmissionpolicies", kind: "MutatingAdmissionPolicy", singular: "mutatingadmissionpolicy", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "mHCkTKpUTrE=", subresources: &[
        ] },
        Resource { name: "mutatingadmissionpolicybindings", kind: "MutatingAdmissionPolicyBinding", singular: "mutatingadmissionpolicybinding", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "ZKgZT1uTmZ0=", subresources: &[
        ] },
        Resource { name: "mutatingwebhookconfigurations", kind: "MutatingWebhookConfiguration", singular: "mutatingwebhookconfiguration", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Sqi0GUgDaX0=", subresources: &[
        ] },
        Resource { name: "validatingadmissionpolicies", kind: "ValidatingAdmissionPolicy", singular: "validatingadmissionpolicy", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "6OxvlMmQ6is=", subresources: &[
            Subresource { name: "status", group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingAdmissionPolicy", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "validatingadmissionpolicybindings", kind: "ValidatingAdmissionPolicyBinding", singular: "validatingadmissionpolicybinding", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "v9715VZqakg=", subresources: &[
        ] },
        Resource { name: "validatingwebhookconfigurations", kind: "ValidatingWebhookConfiguration", singular: "validatingwebhookconfiguration", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "B0wHjQmsGNk=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "admissionregistration.k8s.io", version: "v1beta1", package: "io.k8s.api.admissionregistration.v1beta1", resources: &[
        Resource { name: "mutatingadmissionpolicies", kind: "MutatingAdmissionPolicy", singular: "mutatingadmissionpolicy", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "mHCkTKpUTrE=", subresources: &[
        ] },
        Resource { name: "mutatingadmissionpolicybindings", kind: "MutatingAdmissionPolicyBinding", singular: "mutatingadmissionpolicybinding", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "ZKgZT1uTmZ0=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "admissionregistration.k8s.io", version: "v1alpha1", package: "io.k8s.api.admissionregistration.v1alpha1", resources: &[
        Resource { name: "mutatingadmissionpolicies", kind: "MutatingAdmissionPolicy", singular: "mutatingadmissionpolicy", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "mHCkTKpUTrE=", subresources: &[
        ] },
        Resource { name: "mutatingadmissionpolicybindings", kind: "MutatingAdmissionPolicyBinding", singular: "mutatingadmissionpolicybinding", namespaced: false, short_names: &[], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "ZKgZT1uTmZ0=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "apiextensions.k8s.io", version: "v1", package: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1", resources: &[
        Resource { name: "customresourcedefinitions", kind: "CustomResourceDefinition", singular: "customresourcedefinition", namespaced: false, short_names: &["crd","crds"], categories: &["api-extensions"], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "jfWCUB31mvA=", subresources: &[
            Subresource { name: "status", group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "scheduling.k8s.io", version: "v1", package: "io.k8s.api.scheduling.v1", resources: &[
        Resource { name: "priorityclasses", kind: "PriorityClass", singular: "priorityclass", namespaced: false, short_names: &["pc"], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "1QwjyaZjj3Y=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "scheduling.k8s.io", version: "v1beta1", package: "io.k8s.api.scheduling.v1beta1", resources: &[
        Resource { name: "podgroups", kind: "PodGroup", singular: "podgroup", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "QjOl2H5qPs0=", subresources: &[
            Subresource { name: "status", group: "scheduling.k8s.io", version: "v1beta1", kind: "PodGroup", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "workloads", kind: "Workload", singular: "workload", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Fgcxusx6IUo=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "scheduling.k8s.io", version: "v1alpha3", package: "io.k8s.api.scheduling.v1alpha3", resources: &[
        Resource { name: "compositepodgroups", kind: "CompositePodGroup", singular: "compositepodgroup", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "L+dT284DGFE=", subresources: &[
            Subresource { name: "status", group: "scheduling.k8s.io", version: "v1alpha3", kind: "CompositePodGroup", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "podgroups", kind: "PodGroup", singular: "podgroup", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "QjOl2H5qPs0=", subresources: &[
            Subresource { name: "status", group: "scheduling.k8s.io", version: "v1alpha3", kind: "PodGroup", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "workloads", kind: "Workload", singular: "workload", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Fgcxusx6IUo=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "coordination.k8s.io", version: "v1", package: "io.k8s.api.coordination.v1", resources: &[
        Resource { name: "leases", kind: "Lease", singular: "lease", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "gqkMMb/YqFM=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "coordination.k8s.io", version: "v1beta1", package: "io.k8s.api.coordination.v1beta1", resources: &[
        Resource { name: "leasecandidates", kind: "LeaseCandidate", singular: "leasecandidate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "lvME0iHWE20=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "coordination.k8s.io", version: "v1alpha2", package: "io.k8s.api.coordination.v1alpha2", resources: &[
        Resource { name: "leasecandidates", kind: "LeaseCandidate", singular: "leasecandidate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "lvME0iHWE20=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "node.k8s.io", version: "v1", package: "io.k8s.api.node.v1", resources: &[
        Resource { name: "runtimeclasses", kind: "RuntimeClass", singular: "runtimeclass", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "WQTu1GL3T2Q=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "discovery.k8s.io", version: "v1", package: "io.k8s.api.discovery.v1", resources: &[
        Resource { name: "endpointslices", kind: "EndpointSlice", singular: "endpointslice", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "qgS0xkrxYAI=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "resource.k8s.io", version: "v1", package: "io.k8s.api.resource.v1", resources: &[
        Resource { name: "deviceclasses", kind: "DeviceClass", singular: "deviceclass", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Yk2PTc1Ybxk=", subresources: &[
        ] },
        Resource { name: "devicetaintrules", kind: "DeviceTaintRule", singular: "devicetaintrule", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "i+85+TcIKpA=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1", kind: "DeviceTaintRule", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourceclaims", kind: "ResourceClaim", singular: "resourceclaim", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "wgAZaHcZxUg=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1", kind: "ResourceClaim", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourceclaimtemplates", kind: "ResourceClaimTemplate", singular: "resourceclaimtemplate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "TuzjC49aUfM=", subresources: &[
        ] },
        Resource { name: "resourceslices", kind: "ResourceSlice", singular: "resourceslice", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "KsC072WgaEY=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "resource.k8s.io", version: "v1beta2", package: "io.k8s.api.resource.v1beta2", resources: &[
        Resource { name: "deviceclasses", kind: "DeviceClass", singular: "deviceclass", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Yk2PTc1Ybxk=", subresources: &[
        ] },
        Resource { name: "devicetaintrules", kind: "DeviceTaintRule", singular: "devicetaintrule", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "i+85+TcIKpA=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1beta2", kind: "DeviceTaintRule", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourceclaims", kind: "ResourceClaim", singular: "resourceclaim", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "wgAZaHcZxUg=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1beta2", kind: "ResourceClaim", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourceclaimtemplates", kind: "ResourceClaimTemplate", singular: "resourceclaimtemplate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "TuzjC49aUfM=", subresources: &[
        ] },
        Resource { name: "resourceslices", kind: "ResourceSlice", singular: "resourceslice", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "KsC072WgaEY=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "resource.k8s.io", version: "v1beta1", package: "io.k8s.api.resource.v1beta1", resources: &[
        Resource { name: "deviceclasses", kind: "DeviceClass", singular: "deviceclass", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Yk2PTc1Ybxk=", subresources: &[
        ] },
        Resource { name: "resourceclaims", kind: "ResourceClaim", singular: "resourceclaim", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "wgAZaHcZxUg=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1beta1", kind: "ResourceClaim", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourceclaimtemplates", kind: "ResourceClaimTemplate", singular: "resourceclaimtemplate", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "TuzjC49aUfM=", subresources: &[
        ] },
        Resource { name: "resourceslices", kind: "ResourceSlice", singular: "resourceslice", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "KsC072WgaEY=", subresources: &[
        ] },
    ] },
    GroupVersion { group: "resource.k8s.io", version: "v1alpha3", package: "io.k8s.api.resource.v1alpha3", resources: &[
        Resource { name: "devicetaintrules", kind: "DeviceTaintRule", singular: "devicetaintrule", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "i+85+TcIKpA=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1alpha3", kind: "DeviceTaintRule", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "resourcepoolstatusrequests", kind: "ResourcePoolStatusRequest", singular: "resourcepoolstatusrequest", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "iy583CtMwdY=", subresources: &[
            Subresource { name: "status", group: "resource.k8s.io", version: "v1alpha3", kind: "ResourcePoolStatusRequest", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "flowcontrol.apiserver.k8s.io", version: "v1", package: "io.k8s.api.flowcontrol.v1", resources: &[
        Resource { name: "flowschemas", kind: "FlowSchema", singular: "flowschema", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "GJVAJZSZBIw=", subresources: &[
            Subresource { name: "status", group: "flowcontrol.apiserver.k8s.io", version: "v1", kind: "FlowSchema", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "prioritylevelconfigurations", kind: "PriorityLevelConfiguration", singular: "prioritylevelconfiguration", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Kir5PVfvNeI=", subresources: &[
            Subresource { name: "status", group: "flowcontrol.apiserver.k8s.io", version: "v1", kind: "PriorityLevelConfiguration", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "internal.apiserver.k8s.io", version: "v1alpha1", package: "io.k8s.api.apiserverinternal.v1alpha1", resources: &[
        Resource { name: "storageversions", kind: "StorageVersion", singular: "storageversion", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "c8YZt5U0nPk=", subresources: &[
            Subresource { name: "status", group: "internal.apiserver.k8s.io", version: "v1alpha1", kind: "StorageVersion", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "storagemigration.k8s.io", version: "v1", package: "io.k8s.api.storagemigration.v1", resources: &[
        Resource { name: "storageversionmigrations", kind: "StorageVersionMigration", singular: "storageversionmigration", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "pCjmmKOkLy4=", subresources: &[
            Subresource { name: "status", group: "storagemigration.k8s.io", version: "v1", kind: "StorageVersionMigration", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "storagemigration.k8s.io", version: "v1beta1", package: "io.k8s.api.storagemigration.v1beta1", resources: &[
        Resource { name: "storageversionmigrations", kind: "StorageVersionMigration", singular: "storageversionmigration", namespaced: false, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "pCjmmKOkLy4=", subresources: &[
            Subresource { name: "status", group: "storagemigration.k8s.io", version: "v1beta1", kind: "StorageVersionMigration", verbs: &["get","patch","update"] },
        ] },
    ] },
    GroupVersion { group: "lifecycle.k8s.io", version: "v1alpha1", package: "io.k8s.api.lifecycle.v1alpha1", resources: &[
        Resource { name: "evictionrequests", kind: "EvictionRequest", singular: "evictionrequest", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "0sGDWzI0u0Q=", subresources: &[
            Subresource { name: "status", group: "lifecycle.k8s.io", version: "v1alpha1", kind: "EvictionRequest", verbs: &["get","patch","update"] },
        ] },
        Resource { name: "evictions", kind: "Eviction", singular: "eviction", namespaced: true, short_names: &[], categories: &[], verbs: &["create","delete","deletecollection","get","list","patch","update","watch"], storage_version_hash: "Un48RuLRFt0=", subresources: &[
            Subresource { name: "status", group: "lifecycle.k8s.io", version: "v1alpha1", kind: "Eviction", verbs: &["get","patch","update"] },
        ] },
    ] },
]
