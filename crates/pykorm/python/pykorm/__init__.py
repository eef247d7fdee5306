"""pykorm: an object mapper for Kubernetes. A class is a kind, an instance is an object in the cluster.

::

    import pykorm

    @pykorm.k8s_custom_object('pykorm.infomaniak.com', 'v1', 'peaches')
    class Peach(pykorm.NamespacedModel):
        variety: str = pykorm.fields.Spec('variety')

    pk = pykorm.Pykorm()
    cake_peach = Peach(namespace='default', name='cake-peach', variety='Frost')
    pk.save(cake_peach)

    for peach in Peach.query.filter(variety='Frost'):
        print(peach)

    pk.delete(cake_peach)
"""

from __future__ import annotations

from . import exceptions, expressions, fields, models, pykorm, query
from ._native import __version__
from ._writes import Ownership
from .bulk import Outcome
from .clusters import Cluster, embedded
from .dynamic import dynamic
from .exceptions import PykormError
from .expressions import Q
from .fields import (
    Annotation,
    DataField,
    DictNestedField,
    Label,
    ListField,
    Metadata,
    MetadataAnnotation,
    MetadataLabel,
    Spec,
    Status,
)
from .models import ClusterModel, NamespacedModel, Nested
from .pykorm import Pykorm, get_query_cls, k8s_appsv1, k8s_core, k8s_custom_object, k8s_native
from .relations import BelongsTo, BelongsToMany, HasMany
from .several import Answers, Clusters

__all__ = [
    "Annotation",
    "Answers",
    "BelongsTo",
    "BelongsToMany",
    "Cluster",
    "ClusterModel",
    "Clusters",
    "DataField",
    "DictNestedField",
    "HasMany",
    "Label",
    "ListField",
    "Metadata",
    "MetadataAnnotation",
    "MetadataLabel",
    "NamespacedModel",
    "Nested",
    "Outcome",
    "Ownership",
    "Pykorm",
    "PykormError",
    "Q",
    "Spec",
    "Status",
    "__version__",
    "dynamic",
    "embedded",
    "exceptions",
    "expressions",
    "fields",
    "get_query_cls",
    "k8s_appsv1",
    "k8s_core",
    "k8s_custom_object",
    "k8s_native",
    "models",
    "pykorm",
    "query",
]
