"""SNS messages as triggers: the stack's own topics invoke one alias, a foreign topic one of the job or batch."""

from infra.constructs.starter import SharedAlias
from infra.constructs.triggers.subscriptions import Subscriptions
from infra.constructs.triggers.topics import OwnTopic, make_own_topics, own_topic_arns
from infra.constructs.triggers.trigger import Shared, Trigger


class Triggers:
    """Makes the triggers ``sns`` of a stack."""

    alias = SharedAlias("sns", "StarterForMessages", "Messages on the stack's own topics start jobs by it")

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._subscriptions = Subscriptions(shared.scope, shared.starter.lost)

    def make(self, triggers: list[Trigger]) -> None:
        """A topic for each trigger that names none, and a subscription for every trigger."""
        own = [trigger for trigger in triggers if "topicArn" not in trigger.declared["sns"]]
        if own:
            self._by_own_topics(own)
        for trigger in triggers:
            declared = trigger.declared["sns"]
            if "topicArn" in declared:
                alias = self._shared.starter.of(trigger.owner)
                self._subscriptions.foreign(
                    f"{trigger.construct_id}Subscription", declared["topicArn"], alias, declared
                )
        self._subscriptions.finish()

    def _by_own_topics(self, own: list[Trigger]) -> None:
        scope, starter = self._shared.scope, self._shared.starter
        wanted = [
            OwnTopic(f"{each.construct_id}Topic", each.name, each.owner.name, each.declared["sns"].get("objects"))
            for each in own
        ]
        topics = make_own_topics(scope, wanted, starter.name_prefix, self._shared.encryption)
        alias = starter.shared(self.alias)
        self._subscriptions.permit_own(own_topic_arns(scope, starter.name_prefix), alias)
        for each in own:
            self._subscriptions.own(f"{each.construct_id}Subscription", topics[each.name], alias, each.declared["sns"])
