"""The identity presets as their clients meet them: Authlib against oidc, a bot and a login against telegram."""

import hashlib
import hmac
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from support import check, started, wait_for

VENV = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"
CLIENTS = Path(__file__).resolve().parent / "clients"
CALLBACK = "http://localhost/callback"
OIDC = f"""\
assay: 1
double: login
preset: oidc
login: form
algorithm: ALGORITHM
clients:
  - id: web
    secret: web-secret-of-the-check
    redirect_uris: [{CALLBACK}]
    post_logout_redirect_uris: [{CALLBACK}/bye]
  - {{id: spa, redirect_uris: [{CALLBACK}]}}
users:
  - {{username: ann, password: ann-password, roles: [admin], claims: {{email: ann@shop.test, tenant: blue}}}}
  - {{username: bob, password: bob-password, totp: JBSWY3DPEHPK3PXP}}
"""


def url_of(process):
    """The address that `assay double` prints."""
    while line := process.stdout.readline():
        for word in line.split():
            if word.startswith("http://"):
                return word.rstrip("/")
    raise AssertionError(f"assay double ended with status {process.wait()} and no address")


def asked(url, body=None, method=None):
    """Status and JSON of an answer."""
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def authlib_takes_what_the_provider_gives(scratch, algorithm):
    file = scratch / "login.yml"
    file.write_text(OIDC.replace("ALGORITHM", algorithm))
    with started("double", str(file), directory=scratch) as process:
        url = url_of(process)
        client = subprocess.run(
            [VENV, CLIENTS / "authlib_client.py", url, "web", "web-secret-of-the-check", "spa", CALLBACK],
            capture_output=True, text=True, timeout=120)
        assert client.returncode == 0 and "all done" in client.stdout, client.stdout + client.stderr


@check
def authlib_takes_what_the_preset_oidc_gives_and_refuses_what_is_wrong(scratch):
    authlib_takes_what_the_provider_gives(scratch, "RS256")


@check
def authlib_takes_what_the_preset_oidc_signs_with_ecdsa(scratch):
    authlib_takes_what_the_provider_gives(scratch, "ES256")


@check
def jwt_tokens_are_refreshed_revoked_and_spoilt(scratch):
    file = scratch / "auth.yml"
    file.write_text("assay: 1\ndouble: auth\npreset: jwt\nalgorithm: RS256\nusers: [{username: ann, role: admin}]\n")
    with started("double", str(file), directory=scratch) as process:
        url = url_of(process)

        def verified(token):
            request = urllib.request.Request(
                url + "/auth/verify", headers={"Authorization": "Bearer " + token})
            try:
                return urllib.request.urlopen(request, timeout=20).status
            except urllib.error.HTTPError as error:
                return json.load(error)["error"]
        status, first = asked(url + "/auth/login", {"username": "ann"})
        assert status == 200 and verified(first["token"]) == 200
        _, second = asked(url + "/auth/refresh", {"refresh_token": first["refresh_token"]})
        assert verified(second["token"]) == 200
        assert asked(url + "/auth/refresh", {"refresh_token": first["refresh_token"]}) == (
            401, {"error": "refresh_token_reused"})
        assert verified(second["token"]) == "token_revoked"
        assert len(asked(url + "/jwks.json")[1]["keys"]) == 1
        for word, reason in [("expired", "token_expired"), ("wrong-audience", "wrong_audience"),
                             ("bad-signature", "bad_signature"), ("none-algorithm", "unsupported_algorithm"),
                             ("unknown-key", "bad_signature"), ("public-key-as-secret", "unsupported_algorithm"),
                             ("not-yet-valid", "token_not_yet_valid"), ("wrong-issuer", "wrong_issuer")]:
            assert asked(url + "/__assay/switches", {"tokens": word}, "PUT")[0] == 200
            assert verified(asked(url + "/auth/login", {"username": "ann"})[1]["token"]) == reason, word


@check
def telegram_logs_in_and_serves_a_bot(scratch):
    token = "123456:token-of-the-check"
    file = scratch / "telegram.yml"
    file.write_text(
        f"assay: 1\ndouble: telegram\npreset: telegram\ntoken: \"{token}\"\n"
        "users: [{id: 7, first_name: Ann, username: ann}]\n")
    with started("double", str(file), directory=scratch) as process:
        url = url_of(process)

        def signed(fields, key):
            lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
            return hmac.new(key, lines.encode(), hashlib.sha256).hexdigest() == fields["hash"]
        login_key = hashlib.sha256(token.encode()).digest()
        web_key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
        _, payload = asked(url + "/login/payload?user=ann")
        assert payload["id"] == 7 and signed(payload, login_key)
        assert asked(url + "/login/verify", payload)[0] == 200
        text = asked(url + "/webapp/init-data?user=ann")[1]["init_data"]
        fields = dict(urllib.parse.parse_qsl(text, strict_parsing=True))
        assert json.loads(fields["user"])["username"] == "ann" and signed(fields, web_key)
        assert asked(url + "/webapp/verify", {"init_data": text})[0] == 200
        for word, reason in [("bad-hash", "bad_hash"), ("stale", "stale_auth_date"),
                             ("missing-field", "missing_field"), ("wrong-bot", "bad_hash")]:
            asked(url + "/__assay/switches", {"payload": word}, "PUT")
            assert asked(url + "/login/verify", asked(url + "/login/payload")[1])[1]["error"] == reason, word

        bot = f"{url}/bot{token}"
        assert asked(bot + "/getMe")[1]["result"]["id"] == 123456
        assert asked(f"{url}/bot1:wrong/getMe")[0] == 401
        asked(url + "/__assay/updates", {"user": "ann", "text": "/start login-5"})
        _, updates = asked(bot + "/getUpdates?timeout=5")
        update = updates["result"][0]
        assert update["message"]["text"] == "/start login-5"
        chat = update["message"]["chat"]["id"]
        assert asked(bot + "/sendMessage", {"chat_id": chat, "text": "your code is 5"})[1]["ok"]
        assert asked(bot + f"/getUpdates?offset={update['update_id'] + 1}")[1]["result"] == []
        sent = asked(url + "/__assay/messages")[1]["messages"]
        assert [message["text"] for message in sent] == ["your code is 5"]
        # A poll that waits is answered when something comes.
        poll = subprocess.Popen(
            ["curl", "-s", f"{bot}/getUpdates?offset={update['update_id'] + 1}&timeout=30"],
            stdout=subprocess.PIPE, text=True)
        asked(url + "/__assay/updates", {"user": "ann", "text": "later"})
        assert wait_for(lambda: poll.poll() is not None, "the poll is answered", 10)
        assert "later" in poll.stdout.read()
        poll.stdout.close()
