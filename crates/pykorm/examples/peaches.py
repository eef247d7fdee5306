"""The program of the README: a class for a kind, an object saved, found and deleted."""

import pykorm


@pykorm.k8s_custom_object('pykorm.infomaniak.com', 'v1', 'peaches')
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.fields.Spec('variety')

    def __init__(self, namespace: str, name: str, variety: str) -> None:
        self.namespace = namespace
        self.name = name
        self.variety = variety


def main() -> None:
    pk = pykorm.Pykorm()

    cake_peach = Peach(namespace='default', name='cake-peach', variety='Frost')
    pk.save(cake_peach)  # We save the resource

    all_peaches = Peach.query.all()
    for peach in all_peaches:
        print(peach)

    for peach in all_peaches:
        pk.delete(peach)


if __name__ == '__main__':
    main()
