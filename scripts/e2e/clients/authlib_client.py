"""The preset oidc as Authlib sees it: every flow, and every switch refused by the client.

    authlib_client.py URL CLIENT_ID CLIENT_SECRET PUBLIC_CLIENT_ID REDIRECT_URI

Login by form, with the users that identity.py writes: ann without one-time codes, bob with them. Prints a line a step.
"""

import re
import sys
import time
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken

URL, CLIENT, SECRET, PUBLIC, CALLBACK = sys.argv[1:6]
META = requests.get(URL + "/.well-known/openid-configuration", timeout=10).json()
# As a careful client does: what signs is said here, never by the token.
jwt = JsonWebToken(META["id_token_signing_alg_values_supported"])
VERIFIER = "a-verifier-of-more-than-forty-three-characters-in-all"


def step(name):
    print("ok", name, flush=True)


def keys():
    return JsonWebKey.import_key_set(requests.get(META["jwks_uri"], timeout=10).json())


def session(client=CLIENT, secret=SECRET, scope="openid profile email offline_access", **more):
    return OAuth2Session(
        client, secret, scope=scope, redirect_uri=CALLBACK, code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none", **more)


class Browser:
    """Follows what a person would: fills the forms, and stops where it is sent back to the client."""

    def __init__(self):
        self.http = requests.Session()

    def open(self, url, **filled):
        answer = self.http.get(url, allow_redirects=False, timeout=10, headers={"Accept": "text/html"})
        while answer.status_code == 200 and 'name="ticket"' in answer.text:
            form = {"ticket": re.search(r'name="ticket" value="([^"]+)"', answer.text)[1]}
            for name in ("username", "password", "code"):
                if f'name="{name}"' in answer.text:
                    value = filled[name]
                    form[name] = value() if callable(value) else value
            answer = self.http.post(URL + "/login", data=form, allow_redirects=False, timeout=10)
        return answer

    def back(self, url, **filled):
        answer = self.open(url, **filled)
        assert answer.status_code == 302, (answer.status_code, answer.text[-300:])
        return answer.headers["location"]


ANN = {"username": "ann", "password": "ann-password"}
BOB = {"username": "bob", "password": "bob-password",
       "code": lambda: requests.get(URL + "/__assay/totp?username=bob", timeout=10).json()["code"]}


def logged_in(client, who=None, browser=None, headers=None, **parameters):
    """The tokens of a code, and the nonce that was asked for."""
    nonce = f"n-{time.monotonic_ns()}"
    address, state = client.create_authorization_url(
        META["authorization_endpoint"], code_verifier=VERIFIER, nonce=nonce, **parameters)
    back = (browser or Browser()).back(address, **(who or ANN))
    tokens = client.fetch_token(
        META["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER,
        headers=headers or {"Accept": "application/json"})
    return tokens, nonce


def judged(tokens, nonce, client=CLIENT, key_set=None):
    """The claims of an ID token that counts; raises JoseError for one that does not."""
    claims = jwt.decode(
        tokens["id_token"], key_set or keys(), claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": META["issuer"]},
                        "sub": {"essential": True},
                        "aud": {"essential": True, "value": client},
                        "exp": {"essential": True}, "iat": {"essential": True}},
        claims_params={"nonce": nonce, "client_id": client, "access_token": tokens["access_token"]})
    claims.validate()
    return claims


def access_claims(token):
    claims = jwt.decode(token, keys(), claims_options={
        "iss": {"essential": True, "value": META["issuer"]}, "sub": {"essential": True},
        "aud": {"essential": True, "value": "api"}})
    claims.validate()
    return claims


def fails(action, *errors):
    try:
        action()
    except Exception as error:  # noqa: BLE001 - whatever the client raises is looked at
        text = f"{type(error).__name__} {error}"
        assert not errors or any(part in text for part in errors), text
        return text
    raise AssertionError(f"nothing was refused, expected one of {errors}")


def introspected(token):
    return requests.post(
        META["introspection_endpoint"], data={"token": token}, auth=(CLIENT, SECRET), timeout=10).json()


def flow():
    client = session()
    tokens, nonce = logged_in(client)
    claims = judged(tokens, nonce)
    assert claims["email"] == "ann@shop.test" and claims["roles"] == ["admin"] and claims["azp"] == CLIENT
    assert claims["amr"] == ["pwd"] and abs(claims["auth_time"] - time.time()) < 30
    # The client itself hashes the access token against at_hash; a wrong one must not pass.
    assert "at_hash" in claims
    assert access_claims(tokens["access_token"])["scope"] == "openid profile email offline_access"
    info = client.get(META["userinfo_endpoint"]).json()
    assert info["sub"] == claims["sub"] and info["email"] == "ann@shop.test" and info["tenant"] == "blue"
    step("code with PKCE, ID token, access token, userinfo")

    fails(lambda: client.fetch_token(
        META["token_endpoint"], authorization_response=f"{CALLBACK}?code=x&state=other", state="mine"), "state")
    step("a foreign state is refused by the client")
    return client, tokens


def refresh(client, tokens):
    first = tokens["refresh_token"]
    renewed = client.refresh_token(META["token_endpoint"], refresh_token=first)
    assert renewed["refresh_token"] != first and renewed["access_token"] != tokens["access_token"]
    claims = jwt.decode(renewed["id_token"], keys())
    assert "nonce" not in claims and claims["auth_time"]
    assert introspected(renewed["access_token"])["active"] is True
    fails(lambda: session().refresh_token(META["token_endpoint"], refresh_token=first), "invalid_grant")
    fails(lambda: session().refresh_token(META["token_endpoint"], refresh_token=renewed["refresh_token"]), "invalid_grant")
    assert introspected(renewed["access_token"]) == {"active": False}
    step("refresh rotates, and a token used twice revokes its family")


def codes():
    client = session()
    address, state = client.create_authorization_url(META["authorization_endpoint"], code_verifier=VERIFIER)
    back = Browser().back(address, **ANN)
    fails(lambda: session().fetch_token(
        META["token_endpoint"], authorization_response=back, state=state, code_verifier="x" * 43), "invalid_grant")
    tokens = client.fetch_token(
        META["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER)
    fails(lambda: session().fetch_token(
        META["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER), "invalid_grant")
    assert client.get(META["userinfo_endpoint"]).status_code == 401
    assert introspected(tokens["access_token"]) == {"active": False}
    step("a code counts once; used again it revokes its tokens")


def public_client():
    client = session(PUBLIC, None)
    tokens, nonce = logged_in(client)
    judged(tokens, nonce, client=PUBLIC)
    plain = OAuth2Session(PUBLIC, scope="openid", redirect_uri=CALLBACK)
    address, _ = plain.create_authorization_url(META["authorization_endpoint"], nonce="n")
    back = parse_qs(urlsplit(Browser().back(address, **ANN)).query)
    assert back["error"] == ["invalid_request"] and "PKCE" in back["error_description"][0], back
    assert back["iss"] == [META["issuer"]] and back["state"]
    fails(lambda: requests.post(
        META["introspection_endpoint"], data={"token": "x", "client_id": PUBLIC}, timeout=10).raise_for_status())
    step("a public client must use PKCE")


def redirects():
    for wrong in ("https://evil.test/callback", CALLBACK + "/more", CALLBACK + "?x=1"):
        answer = requests.get(
            META["authorization_endpoint"], allow_redirects=False, timeout=10,
            params={"client_id": CLIENT, "redirect_uri": wrong, "response_type": "code", "scope": "openid"})
        assert answer.status_code == 400 and "location" not in answer.headers, wrong
    for parameters, error in [({"response_type": "token"}, "unsupported_response_type"),
                              ({"scope": "openid nonsense"}, "invalid_scope"),
                              ({"prompt": "none"}, "login_required"),
                              ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request")]:
        address = requests.Request("GET", META["authorization_endpoint"], params={
            "client_id": CLIENT, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid",
            "state": "s&=", **parameters}).prepare().url
        back = parse_qs(urlsplit(Browser().back(address)).query)
        assert back["error"] == [error] and back["state"] == ["s&="], (parameters, back)
    step("errors are redirected, except to addresses that are not registered")


def sessions():
    browser, client = Browser(), session()
    first, _ = logged_in(client, browser=browser)
    again, nonce = logged_in(session(), who={"username": None}, browser=browser, prompt="none")
    claims = judged(again, nonce)
    assert claims["sid"] == jwt.decode(first["id_token"], keys())["sid"]
    answer = browser.http.get(META["end_session_endpoint"], allow_redirects=False, timeout=10, params={
        "id_token_hint": again["id_token"], "post_logout_redirect_uri": CALLBACK + "/bye", "state": "out"})
    assert answer.headers["location"] == CALLBACK + "/bye?state=out", (answer.status_code, answer.text)
    address, _ = session().create_authorization_url(
        META["authorization_endpoint"], code_verifier=VERIFIER, prompt="none", nonce="n")
    assert "error=login_required" in browser.back(address)
    step("one login for several clients, and logout ends it")


def mfa():
    tokens, nonce = logged_in(session(), who=BOB)
    assert judged(tokens, nonce)["amr"] == ["pwd", "otp", "mfa"]
    address, _ = session().create_authorization_url(
        META["authorization_endpoint"], code_verifier=VERIFIER, nonce="n")
    wrong = Browser().open(address, username="bob", password="bob-password", code="000000")
    assert wrong.status_code == 401 and "does not count" in wrong.text
    step("a one-time code is asked for")


def revocation():
    client = session()
    tokens, _ = logged_in(client)
    client.revoke_token(META["revocation_endpoint"], token=tokens["access_token"], token_type_hint="access_token")
    assert introspected(tokens["access_token"]) == {"active": False}
    assert introspected(tokens["refresh_token"])["active"] is True
    client.revoke_token(META["revocation_endpoint"], token=tokens["refresh_token"])
    fails(lambda: session().refresh_token(META["token_endpoint"], refresh_token=tokens["refresh_token"]), "invalid_grant")
    step("revocation and introspection")


def machine():
    for method in ("client_secret_basic", "client_secret_post"):
        client = OAuth2Session(CLIENT, SECRET, scope="profile", token_endpoint_auth_method=method)
        tokens = client.fetch_token(META["token_endpoint"], grant_type="client_credentials")
        assert access_claims(tokens["access_token"])["sub"] == CLIENT and "refresh_token" not in tokens
    fails(lambda: OAuth2Session(CLIENT, "wrong").fetch_token(
        META["token_endpoint"], grant_type="client_credentials"), "invalid_client")
    fails(lambda: OAuth2Session(PUBLIC, token_endpoint_auth_method="none").fetch_token(
        META["token_endpoint"], grant_type="client_credentials"), "unauthorized_client")
    step("client credentials by header and by body")


def device():
    begun = requests.post(
        META["device_authorization_endpoint"], auth=(CLIENT, SECRET), data={"scope": "openid"}, timeout=10).json()
    poll = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}

    def ask():
        return requests.post(META["token_endpoint"], auth=(CLIENT, SECRET), data=poll, timeout=10).json()
    assert ask()["error"] == "authorization_pending" and ask()["error"] == "slow_down"
    page = requests.get(begun["verification_uri_complete"], timeout=10).text
    assert begun["user_code"] in page
    requests.post(URL + "/device", data={"user_code": begun["user_code"], **ANN}, timeout=10).raise_for_status()
    assert jwt.decode(ask()["id_token"], keys())["amr"] == ["pwd"]
    assert ask()["error"] == "invalid_grant"
    step("a device without a browser")


def rotation():
    before, nonce = logged_in(session())
    old = keys()
    requests.post(URL + "/__assay/rotate", timeout=30).raise_for_status()
    after, fresh = logged_in(session())
    kids = [key.as_dict()["kid"] for key in keys().keys]
    assert len(kids) == len(set(kids)) == len(old.keys) + 1
    judged(before, nonce)
    judged(after, fresh)
    fails(lambda: judged(after, fresh, key_set=old))
    requests.post(URL + "/__assay/rotate", json={"drop": True}, timeout=30).raise_for_status()
    fails(lambda: judged(after, fresh))
    assert len(keys().keys) == 1
    step("keys rotate: old ones stay until they are dropped")


# How Authlib says that a token does not count.
REFUSED = {
    "expired": "expired", "not-yet-valid": "not valid yet", "wrong-audience": "aud", "wrong-issuer": "iss",
    "bad-signature": "bad_signature", "none-algorithm": "", "unknown-key": "", "public-key-as-secret": "",
    "missing-claim": "sub", "wrong-nonce": "nonce", "wrong-at-hash": "at_hash",
}


def words(known, name):
    """What a switch takes, but for the words that leave a token that counts."""
    taken = known[name]["takes"].removeprefix("one of ").split(", ")
    return [word for word in taken if word not in ("none", "wrong-subject")]


def switches():
    known = requests.get(URL + "/__assay/switches", timeout=10).json()
    for word in words(known, "id-token"):
        requests.put(URL + "/__assay/switches", json={"id-token": word}, timeout=10).raise_for_status()
        tokens, nonce = logged_in(session())
        try:
            judged(tokens, nonce)
        except (JoseError, ValueError) as error:
            text = f"{type(error).__name__} {error}"
            assert REFUSED[word] in text, (word, text)
            print("  refused", word, "-", text)
        else:
            raise AssertionError(f"Authlib takes an ID token that is {word}")
    requests.delete(URL + "/__assay/switches", timeout=10).raise_for_status()
    tokens, nonce = logged_in(session())
    judged(tokens, nonce)
    step("every ID token that is wrong is refused by the client")

    for word in words(known, "access-token"):
        tokens, _ = logged_in(session(), headers={"X-Assay-Switches": f"access-token={word}"})
        fails(lambda token=tokens["access_token"]: access_claims(token))
        assert introspected(tokens["access_token"]) == {"active": False}
    step("every access token that is wrong is refused, by a request's own header")

    requests.put(
        URL + "/__assay/switches", params={"client": PUBLIC}, json={"tokens": "expired"}, timeout=10).raise_for_status()
    tokens, nonce = logged_in(session())
    judged(tokens, nonce)
    tokens, nonce = logged_in(session(PUBLIC, None))
    fails(lambda: judged(tokens, nonce, client=PUBLIC), "expired")
    requests.put(URL + "/__assay/switches", json={"token": "temporarily_unavailable"}, timeout=10)
    fails(lambda: logged_in(session()), "503")
    requests.delete(URL + "/__assay/switches", timeout=10)
    requests.put(URL + "/__assay/switches", json={"callback": "wrong-state"}, timeout=10)
    fails(lambda: logged_in(session()), "state")
    requests.put(URL + "/__assay/switches", json={"authorize": "access_denied"}, timeout=10)
    address, _ = session().create_authorization_url(
        META["authorization_endpoint"], code_verifier=VERIFIER, nonce="n")
    assert "error=access_denied" in Browser().back(address, **ANN)
    refused = requests.put(URL + "/__assay/switches", json={"tokens": "expird"}, timeout=10)
    assert refused.status_code == 422 and "expired" in refused.json()["error"], refused.text
    requests.delete(URL + "/__assay/switches", timeout=10)
    step("switches for one client, for one request, and of the way back")


def main():
    client, tokens = flow()
    refresh(client, tokens)
    for part in (codes, public_client, redirects, sessions, mfa, revocation, machine, device, rotation, switches):
        part()
    print("all done")


main()
