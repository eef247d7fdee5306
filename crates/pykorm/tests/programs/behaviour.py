"""A second program written for pykorm 0.60, for what its users rely on beyond the names.

It prints what it sees; the test holds the text it printed with the original.

The kind is installed already, and the namespace named on the command line is there and empty.
"""

import sys

import kubernetes
import pykorm
import pykorm.exceptions
import pykorm.fields
import pykorm.models

NAMESPACE = sys.argv[1]


class Box(pykorm.models.Nested):
    size = pykorm.fields.DataField('size', default=3)
    colour = pykorm.fields.DataField('colour')


class Mixin:
    grade = pykorm.Spec('grade')


@pykorm.k8s_custom_object('classic.example.com', 'v1', 'peaches')
class Peach(pykorm.NamespacedModel, Mixin):
    variety = pykorm.Spec('variety', 'Frost')
    tags = pykorm.Spec('tags', default=[])
    dotted = pykorm.Spec('a.b/c')
    deep = pykorm.Spec(['deep', 'er'])
    note = pykorm.MetadataAnnotation('example.com/note')
    empty = pykorm.Spec('empty', allow_empty=True)
    stone = pykorm.Spec('stone', default=True)
    count = pykorm.Spec('count', default=0)
    box = pykorm.fields.DictNestedField(Box, path=['spec', 'box'])
    boxes = pykorm.fields.ListField(Box, path=['spec', 'boxes'])

    @property
    def loud(self):
        return self.variety.upper()


# The same kind twice.
@pykorm.k8s_custom_object('classic.example.com', 'v1', 'peaches')
class Fruit(pykorm.NamespacedModel):
    variety = pykorm.Spec('variety')


def show(label, value):
    print(f'{label}: {value}')


def refused(label, call):
    try:
        call()
    except Exception:
        show(label, 'refused')
    else:
        show(label, 'taken')


configuration = kubernetes.client.Configuration()
nowhere = kubernetes.client.Configuration(host='http://127.0.0.1:1')
nowhere.retries = 0
kubernetes.config.load_kube_config(client_configuration=configuration)
pykorm.Pykorm.clusters_config = {'default': nowhere, 'other': configuration}
pk = pykorm.Pykorm()

refused('unknown name', lambda: Peach(zork=1))
show('class access', type(Peach.variety).__name__)
one, two = Peach(name='one'), Peach(name='two')
one.tags.append('x')
show('defaults are copies', two.tags)
show('false is a value', Peach(stone=False).stone)
show('zero is a value', Peach(count=0).count)
show('mixin', Peach(grade='A').grade)
show('dict for nested', Peach(box={'colour': 'red'}).box.colour)
show('equal', Peach(name='a') == Peach(name='a'))
show('other class', Peach(name='a') == Fruit(name='a'))
show('other content', Peach(name='a', count=1) == Peach(name='a', count=2))

peach = Peach(namespace=NAMESPACE, name='cake', variety='Frost', dotted='d', deep='e', note='n', grade='B')
pk.save(peach, cluster='other')
show('uid', bool(peach._k8s_uid))
refused('name once set', lambda: setattr(peach, 'name', 'other'))
refused('the same name', lambda: setattr(peach, 'name', 'cake'))
refused('uid once set', lambda: setattr(peach, '_k8s_uid', 'other'))
refused('created_at once set', lambda: setattr(peach, 'created_at', 'other'))
refused('namespace', lambda: setattr(peach, 'namespace', NAMESPACE))
show('body', sorted(set(peach._k8s_dict['spec']) - {'box', 'boxes'}))
show('body metadata', sorted(key for key, value in peach._k8s_dict['metadata'].items() if value))

raw = kubernetes.client.CustomObjectsApi(kubernetes.client.ApiClient(configuration))
stored = raw.get_namespaced_custom_object('classic.example.com', 'v1', NAMESPACE, 'peaches', 'cake')
show('missing nested', peach.boxes)
show('dotted key', stored['spec']['a.b/c'])
show('nested key', stored['spec']['deep'])
show('annotation', stored['metadata']['annotations']['example.com/note'])

peach.count = 5
peach.save()
peach.variety = 'Redhaven'
pk.apply(peach, cluster='other')
show('found by another class', Fruit.query.using('other').filter_by(namespace=NAMESPACE).get('cake').variety)
show(
    'chained',
    [
        p.name
        for p in Peach.query.using('other').filter_by(namespace=NAMESPACE).filter_by(count=5, loud='REDHAVEN').all()
    ],
)
query = Peach.query.using('other')
query.filter_by(variety='zork')
show('no side effects', [p.count for p in query.filter_by(namespace=NAMESPACE).all()])
show('elsewhere', Peach.query.using('other').filter_by(namespace='kube-system').all())
refused('get without a namespace', lambda: Peach.query.using('other').get('cake'))
read = Peach.query.using('other').filter_by(namespace=NAMESPACE).first()
read.count = 6
read.save()  # where it came from
show('saved there', Peach.query.using('other').filter_by(namespace=NAMESPACE).first().count)
peach.delete()
show('gone', Peach.query.using('other').filter_by(namespace=NAMESPACE).all())
refused('not in the default cluster', lambda: pk.save(read))
