"""The client: one method for each call that a datamart run makes (API.md 2 to 7, 12).

Reads that fail for a moment are retried within the call's budget (:mod:`functions.microstrategy.retries`). Every
error says whether a further retry is safe, and the state machine decides.
"""

from typing import Any

from functions.errors import (
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy import endpoints as at
from functions.microstrategy import responses as reading
from functions.microstrategy.caller import checked_id
from functions.microstrategy.codes import NO_DATAMART
from functions.microstrategy.credentials import Credentials
from functions.microstrategy.error_mapping import is_not_ready
from functions.microstrategy.follow_ups import FollowUpCalls
from functions.microstrategy.http.cookies import cookies_not_sent, everywhere, reason_dropped, reason_not_sent
from functions.microstrategy.json_access import integer, mapping, mappings, moment
from functions.microstrategy.models import (
    Definition,
    Execution,
    Session,
    SessionInfo,
)
from functions.microstrategy.status import COMPLETED, GONE
from functions.object_ids import is_id

CLOCKS_DIFFER = 120.0
"""Seconds by which the server's clock may be behind ours."""

_PAGE = 200


class Client(FollowUpCalls):
    """A client of one server, in one session. For its parameters see :class:`functions.microstrategy.caller.Caller`."""

    # -- sessions (API.md 2) ------------------------------------------------------------------------------------

    def log_in(self, credentials: Credentials) -> Session:
        """Open a session.

        Raises CredentialsRejected; ServerUnavailable, with ``delivery`` "unknown" where a session may be left behind;
        DatamartFailed where the base URL leads to no Library, or to one whose cookies do not come back to it.
        """
        self.secrets |= credentials.secrets
        self.session = Session("")  # holds the login's cookies
        try:
            reply = self.call(at.LOG_IN, body=credentials.body())
            cookies = self.session.cookies
        finally:
            self.session = None
        token = reply.headers.get("X-MSTR-AuthToken", "")
        if not token:
            raise reading.login_without_token(reply, self.redact)
        self.session = Session(token, cookies)
        if unsent := cookies_not_sent(self.server, cookies):
            self._give_up_without(reason_not_sent(self.server, unsent))
        elif self.dropped:
            self._give_up_without(reason_dropped(self.dropped))
        return self.session

    def _give_up_without(self, reason: str) -> None:
        """Log out of a session whose cookies never go back to it, or are not kept, unless the server does without them.

        Raises DatamartFailed with the ``reason``, and with whether the session was logged out.
        """
        session = self.session or Session("")
        try:
            self.probe()
            return
        except SessionLost:
            pass
        except LibraryError:
            return  # nothing is known about the session: the next call will tell
        self.session = Session(session.token, everywhere(self.server, session.cookies))
        left = "the session was logged out again"
        try:
            self.log_out()
        except LibraryError:
            left = "the session could not be logged out and stays until its idle timeout"
        self.session = None
        raise DatamartFailed(self.redact(f"{reason}; {left}"), step="log_in")

    def log_out(self) -> None:
        """End the session; one that does not exist any more counts as ended (API.md 2.5, 8.5)."""
        try:
            self.call(at.LOG_OUT)
        except LibraryError as error:
            gone = isinstance(error, SessionLost) or error.http_status in (401, 404)
            if not gone or isinstance(error, ServerUnavailable):
                raise
        self.session = None

    def probe(self) -> SessionInfo:
        """Is the session alive? Raises SessionLost if not."""
        found = mapping(self.call(at.PROBE).json)
        return SessionInfo(timeout_seconds=integer(found.get("timeout")))

    def keep_alive(self) -> None:
        """Reset the session's idle timers."""
        self.call(at.KEEP_ALIVE)

    def server_status(self) -> dict[str, Any]:
        """Versions of the Library and the Intelligence Server; needs no session."""
        return mapping(self.call(at.SERVER_STATUS).json)

    def login_modes(self) -> list[int]:
        """The login modes that the server says are enabled (API.md 2.1); needs no session."""
        listed = mapping(self.call(at.LOGIN_MODES).json).get("modes")
        return [mode for mode in map(integer, listed) if mode is not None] if isinstance(listed, list) else []

    def privileges(self) -> list[dict[str, Any]]:
        """The account's privileges as the server lists them, each with its ``name`` (API.md 2.5)."""
        body = self.call(at.PRIVILEGES).json
        return mappings(body if isinstance(body, list) else mapping(body).get("privileges"))

    # -- the definition (API.md 5.1) ----------------------------------------------------------------------------

    def get_definition(self, project_id: str, datamart_id: str) -> Definition:
        """What a run will write. Raises NotFound (also for a report that is not a datamart), PermissionDenied."""
        try:
            reply = self.call(at.GET_DEFINITION, project_id, datamart=datamart_id)
        except DatamartFailed as error:
            if error.i_server_code != NO_DATAMART:
                raise
            raise NotFound(f"the object {datamart_id} is a report, but not a datamart", step="get_definition") from None
        return reading.definition(reply, datamart_id)

    # -- the job (API.md 5, 6) ----------------------------------------------------------------------------------

    def create_instance(self, project_id: str, datamart_id: str) -> str:
        """A new instance's id: from the header, else from the body (API.md 5, note a)."""
        reply = self.call(at.CREATE_INSTANCE, project_id, datamart=datamart_id)
        body = mapping(reply.json)
        found = reply.headers.get("X-MSTR-MS-Instance") or body.get("id") or body.get("instanceId")
        if not isinstance(found, str) or not is_id(found.strip()):
            raise DatamartFailed(
                "the server created the instance, but its ID is in neither header nor body",
                step="create_instance",
                http_status=reply.status,
            )
        return found.strip().upper()

    def execute(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """Send the execution request: not idempotent, a second one is a second load.

        Raises ServerUnavailable with ``delivery`` "unknown" where the response does not say that it was accepted.
        """
        reply = self.call(at.EXECUTE, project_id, datamart=datamart_id, instance=instance_id)
        return reading.execution(at.EXECUTE, reply, self.redact)

    def get_execution(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """The job's status. A response that says "not ready" has the status None: keep polling."""
        try:
            reply = self.call(at.GET_EXECUTION, project_id, datamart=datamart_id, instance=instance_id)
            return reading.execution(at.GET_EXECUTION, reply, self.redact)
        except LibraryError as error:
            if is_not_ready(error):
                return Execution(None, retry_after=error.retry_after, code=error.code, http_status=error.http_status)
            raise

    # -- prompts (API.md 7) -------------------------------------------------------------------------------------

    def get_prompts(self, project_id: str, datamart_id: str, instance_id: str) -> list[dict[str, Any]]:
        """The open prompts; filtered here too, because the meaning of ``closed`` is documented in two ways."""
        reply = self.call(at.GET_PROMPTS, project_id, {"closed": "false"}, datamart=datamart_id, instance=instance_id)
        return [reading.prompt(prompt) for prompt in mappings(reply.json) if prompt.get("closed") is not True]

    def get_definition_prompts(self, project_id: str, datamart_id: str) -> list[dict[str, Any]]:
        """The prompts of the definition, without an instance."""
        reply = self.call(at.GET_DEFINITION_PROMPTS, project_id, datamart=datamart_id)
        return [reading.prompt(prompt) for prompt in mappings(reply.json)]

    def search_elements(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        prompt_key: str,
        pattern: str = "",
        offset: int = 0,
        limit: int = _PAGE,
    ) -> list[dict[str, Any]]:
        """One page (at most 200) of the elements that may answer a prompt and match ``pattern``."""
        where = {"datamart": datamart_id, "instance": instance_id, "prompt": prompt_key}
        reply = self.call(at.SEARCH_ELEMENTS, project_id, _page_of(pattern, offset, limit), **where)
        return mappings(mapping(reply.json).get("elements"))

    def search_objects(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        prompt_key: str,
        pattern: str = "",
        offset: int = 0,
        limit: int = _PAGE,
    ) -> list[dict[str, Any]]:
        """One page of the objects that may answer an OBJECTS or LEVEL prompt and match ``pattern``."""
        where = {"datamart": datamart_id, "instance": instance_id, "prompt": prompt_key}
        body = self.call(at.SEARCH_OBJECTS, project_id, _page_of(pattern, offset, limit), **where).json
        return mappings(body if isinstance(body, list) else mapping(body).get("objects"))

    def answer_prompts(
        self, project_id: str, datamart_id: str, instance_id: str, answers: list[dict[str, Any]]
    ) -> None:
        """Answer prompts. Raises PromptAnswerRejected with the server's reason (API.md 7.4)."""
        self.call(at.ANSWER_PROMPTS, project_id, body={"prompts": answers}, datamart=datamart_id, instance=instance_id)

    # -- saving and removing ------------------------------------------------------------------------------------

    def save(
        self, project_id: str, datamart_id: str, instance_id: str, prompt_options: dict[str, bool] | None = None
    ) -> str:
        """Save the definition in place; its object id."""
        body = {"promptOptions": prompt_options} if prompt_options else {}
        reply = self.call(at.SAVE, project_id, body=body, ms_instance=instance_id, datamart=datamart_id)
        return reading.saved_id(reply, datamart_id)

    def save_as(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        name: str,
        folder_id: str,
        overwrite: bool = False,
        prompt_options: dict[str, bool] | None = None,
    ) -> str:
        """Save the definition as another object; the new object's id."""
        body: dict[str, Any] = {"name": name, "destinationFolderId": checked_id(folder_id)}
        body |= {"overwrite": True} if overwrite else {}
        body |= {"promptOptions": prompt_options} if prompt_options else {}
        reply = self.call(at.SAVE_AS, project_id, body=body, ms_instance=instance_id, datamart=datamart_id)
        return reading.saved_id(reply, None)

    def delete_instance(self, project_id: str, datamart_id: str, instance_id: str) -> bool:
        """Delete the instance: by the modelling endpoint, or by the other one where that fails (API.md 11.16).

        Returns False if it did not exist any more.
        """
        try:
            self.call(at.DELETE_INSTANCE, project_id, ms_instance=instance_id, datamart=datamart_id)
        except InstanceLost:
            return False
        except SessionLost:
            raise
        except LibraryError as first:
            try:
                self.call(at.DELETE_RUN_INSTANCE, project_id, datamart=datamart_id, instance=instance_id)
            except InstanceLost:
                return False
            except ServerUnavailable as second:
                raise first if second.delivery == "not sent" else second from None
        return True

    # -- the job monitor (API.md 6.1) ---------------------------------------------------------------------------

    def get_job(self, job_id: str, object_id: str, since: float | None = None) -> str:
        """The monitor's word for how far the job is, in lower case; GONE when it does not show that job.

        ``object_id`` is that of the datamart or cube that the job is about. The Intelligence Server may count its jobs
        anew: one of another object is not ours, and one that has completed only if it was created ``since`` (seconds
        since the epoch) or later. Raises PermissionDenied without the privilege to look.
        """
        try:
            found = mapping(self.call(at.GET_JOB, job=job_id).json)
        except (NotFound, InstanceLost):
            return GONE
        said, of = str(found.get("status")).lower(), found.get("objectId")
        if isinstance(of, str) and of.upper() != object_id:
            return GONE
        begun = moment(found.get("creationTime"))
        is_proven = of is not None and begun is not None and since is not None and begun >= since - CLOCKS_DIFFER
        return GONE if said == COMPLETED and not is_proven else said

    def cancel_job(self, job_id: str) -> None:
        """Cancel the job. Raises PermissionDenied without the privilege to; an ended job counts as cancelled."""
        try:
            self.call(at.CANCEL_JOB, job=job_id)
        except (NotFound, InstanceLost):
            return


def _page_of(pattern: str, offset: int, limit: int) -> dict[str, Any]:
    return {"offset": offset, "limit": limit} | ({"searchPattern": pattern} if pattern else {})
