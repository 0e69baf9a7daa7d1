#pragma once
#include <openssl/hmac.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
// Macros of macros, which are not imported into Swift
enum { copenssl_keypair = EVP_PKEY_KEYPAIR };
// Macros of macros with arguments: how a name is printed, and what refuses renegotiation (TLS 1.2)
static const unsigned long copenssl_one_line = XN_FLAG_ONELINE;
static const unsigned long long copenssl_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
