from pilots.enums import PilotState
from programs.models import Municipality
from tests.factories.pilots import make_pilot, read
from tests.factories.people import make_user
from tests.conftest import HostClient
import pytest

@pytest.mark.parametrize("state", list(PilotState))
def test_states(in_strumica: Municipality, state) -> None:
    table = make_pilot(in_strumica, state=state)
    assert table.pilot.state == state
    if state=="running":
        read(table, 20)
    for host, user, at in (("strumica.localhost", table.lead, table.at_city), ("localhost", table.founder, table.at_company)):
        from django_tenants.utils import schema_context
        with schema_context("public"):
          c = HostClient(host); c.force_login(user)
          for name in ("pilot","kpis","ledger","reviews","export","plan","review","decide"):
            r = c.get(at(name))
            print(host, state, name, r.status_code)
            assert r.status_code in (200, 403), (name, r.content)
          for name in ("/results/","/pilots/"):
            if host=="localhost":
              assert c.get(name).status_code==200
          if host!="localhost":
              assert c.get(f"/challenges/{table.challenge.public_id}/pilots/").status_code==200
