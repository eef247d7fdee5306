"""A program written for pykorm 0.60. It prints what it sees; the test holds the text it printed with the original.

The kind is installed already, and the namespace named on the command line is there and empty.
"""

import sys

import kubernetes
import pykorm
import pykorm.exceptions
import pykorm.fields
import pykorm.models
import pykorm.pykorm
import pykorm.query
from kubernetes.client.rest import ApiException
from pykorm import Metadata, MetadataAnnotation, NamespacedModel, Spec

NAMESPACE = sys.argv[1]


class Priced:
    price = Spec('price', default=1)


class Origin(pykorm.models.Nested):
    country = pykorm.fields.DataField('country', default='CH')
    farm = pykorm.fields.DataField('farm')


class Shouted(pykorm.fields.Spec):
    @staticmethod
    def preprocessor(x):
        return x.lower()

    @staticmethod
    def postprocessor(x):
        return x.upper()


@pykorm.k8s_custom_object('classic.example.com', 'v1', 'peaches')
class Peach(NamespacedModel, Priced):
    variety = Spec('variety')
    motto = Shouted('motto')
    note = MetadataAnnotation('example.com/note')
    labels = Metadata('labels')
    orchard = Metadata(['labels', 'orchard'])
    origin = pykorm.fields.DictNestedField(Origin, path=['spec', 'origin'])
    harvests = pykorm.fields.ListField(Origin, path=['spec', 'harvests'])
    ripe = pykorm.fields.Status('ripe')

    @property
    def double(self):
        return self.price * 2

    @property
    def absent(self):
        return None


@pykorm.k8s_core('ConfigMap')
class Box(NamespacedModel):
    data = pykorm.fields.DataField('data')


@pykorm.k8s_core('Namespace')
class Namespace(pykorm.ClusterModel):
    phase = pykorm.fields.Status('phase', readonly=True)


@pykorm.pykorm.k8s_appsv1('Deployment')
class Deployment(NamespacedModel):
    replicas = Spec('replicas')


configuration = kubernetes.client.Configuration()
kubernetes.config.load_kube_config(client_configuration=configuration)
pykorm.Pykorm.clusters_config = {'default': configuration, 'other': configuration}
pk = pykorm.Pykorm()


def query_of(model):
    return model.query.filter_by(namespace=NAMESPACE)


print(sorted(pykorm.Pykorm.get_api_client_mapping()))
print(pykorm.pykorm.get_query_cls(Peach) is pykorm.query.NamespacedObjectQuery)
print(pykorm.pykorm.get_query_cls(Namespace) is pykorm.query.ClusterObjectQuery)
print(issubclass(pykorm.query.NamespacedObjectQuery, pykorm.query.BaseQuery))
print(isinstance(Peach(name='x'), pykorm.models.PykormModel))

peach = Peach(namespace=NAMESPACE, name='cake-peach', variety='Frost', motto='SWEET', note='a', orchard='north')
peach.origin = {'farm': 'hill'}
pk.save(peach)
print(peach.variety, peach.price, peach.double, peach.motto, peach.note, peach.orchard, peach.labels)
print(peach.origin.country, peach.origin.farm, peach.harvests, peach.created_at is not None)
print({key: value for key, value in sorted(peach._k8s_dict['spec'].items()) if value is not None})

try:
    peach.name = 'other'
except pykorm.exceptions.ReadOnlyException as error:
    print(type(error).__name__)
peach.name = 'cake-peach'

try:
    peach._k8s_uid = 'other'
except pykorm.exceptions.ReadOnlyException as error:
    print(type(error).__name__)
print(hash(peach) == hash(query_of(Peach).get('cake-peach')), len({peach, query_of(Peach).get('cake-peach')}))
shown = peach.to_dict()
print(shown['variety'], shown['double'], shown['absent'], 'ripe' in shown, 'created_at' in shown, '_k8s_uid' in shown)
print(Peach.variety.to_dict('x'), Peach.variety.to_dict(None), Peach.price.to_dict(None), Peach.motto.to_dict('X'))
print(Peach.price.get_data({}), Peach.motto.get_data({'spec': {'motto': 'x'}}), Peach.origin.get_data({}).country)
field = pykorm.fields.DataField(['spec', 'a.b'], 1, True, False, True)
print(field.fullpath, field.default, field.required, field.readonly, field.allow_empty)
print(pykorm.models.PykormModel.process_labels({'a': 'b', 'c': 'd'}))

peach.price = 3
peach.save()
pk.save(Peach(namespace=NAMESPACE, name='pie-peach', variety='Redhaven'), cluster='other')

query = Peach.query.filter_by(namespace=NAMESPACE)
print(sorted(p.name for p in query.all()))
print([p.name for p in query.filter_by(variety='Frost').all()])
print([p.name for p in query.filter_by(double=6).all()], [p.name for p in query.filter_by(absent=None).all()])
print([p.name for p in query.filter_by(variety=3).all()], [p.name for p in query.filter_by(price='3').all()])
print([p.name for p in query.filter_by_labels(orchard='north').all()])
print([p.name for p in query.filter_by_fields(**{'metadata.name': 'pie-peach'}).all()])
print([p.name for p in query.using('other').filter_by(name='pie-peach').all()])
print(query.get('cake-peach').price, query.get('no-such-peach'), query.filter_by(variety='zork').first())
print(query.overwrite_clusters({'default': configuration}).filter_by(name='pie-peach').first().variety)
print(query.get('cake-peach') == query.get('cake-peach'), query.get('cake-peach') == query.get('pie-peach'))

try:
    pk.save(Peach(namespace=NAMESPACE, name='Not_A_Name', variety='x'))
except ApiException as error:
    print(error.status, error.reason != '')
try:
    pk.save(Peach(namespace=NAMESPACE, name='cake-peach', variety='x'))
except ApiException as error:
    print(error.status)

pk.save(Box(namespace=NAMESPACE, name='box', data={'a': '1'}))
box = Box.query.filter_by(namespace=NAMESPACE).get('box')
box.data['b'] = '2'
pk.apply(box)
print(Box.query.filter_by(namespace=NAMESPACE).get('box').data)
print([n.name for n in Namespace.query.filter_by(name=NAMESPACE).all()])
print(Deployment.query.filter_by(namespace=NAMESPACE).all())

pk.delete(query.get('cake-peach'), cluster='other')
query.get('pie-peach').delete()
print(query.all())
