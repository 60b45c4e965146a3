/** The JSON form of WebAuthn messages (level 3, §5.1.8-§5.1.10), for browsers whose own conversion is missing. */

// biome-ignore lint/suspicious/noExplicitAny: the shape is the standard's, checked by web
export type Json = Record<string, any>;

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

export function text(value: ArrayBuffer): string {
  const raw = String.fromCharCode(...new Uint8Array(value));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const named = (list: Json[] = []) =>
  list.map((one) => ({ ...one, id: bytes(one.id) })) as Json[] as PublicKeyCredentialDescriptor[];

export function creationOptions(told: Json): PublicKeyCredentialCreationOptions {
  const read: Json = {
    ...told,
    challenge: bytes(told.challenge),
    user: { ...told.user, id: bytes(told.user.id) },
    excludeCredentials: named(told.excludeCredentials),
  };
  return read as PublicKeyCredentialCreationOptions;
}

export function requestOptions(told: Json): PublicKeyCredentialRequestOptions {
  return { ...told, challenge: bytes(told.challenge), allowCredentials: named(told.allowCredentials) };
}

/** Every part of the answer that is bytes, as base64url. */
export function toJson(credential: PublicKeyCredential): Json {
  const given = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Json = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const) {
    const value = given[part];
    if (value) {
      response[part] = text(value);
    }
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  };
}
