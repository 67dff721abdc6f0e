"""The models that all sessions share are those that each would read."""

from botocore.loaders import JSONFileLoader, Loader

from local import service_models


def test_a_model_is_read_once_and_is_the_one_of_the_file() -> None:
    path = f"{Loader.BUILTIN_DATA_PATH}/sqs/2012-11-05/service-2"
    assert JSONFileLoader().load_file(path) == service_models.load_file(JSONFileLoader(), path)
    assert JSONFileLoader().load_file(path) is JSONFileLoader().load_file(path)
    assert JSONFileLoader().load_file("/nowhere") is None


def test_services_are_listed_by_type_and_folder() -> None:
    assert Loader().list_available_services("service-2") == service_models.list_available_services(
        Loader(), "service-2"
    )
    assert "sqs" not in Loader().list_available_services("endpoint-bdd-0")
    nowhere = Loader(extra_search_paths=["/nowhere"], include_default_search_paths=False)
    assert nowhere.list_available_services("service-2") == []
