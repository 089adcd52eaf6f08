/** The service and the region that a host at AWS stands for; null: it is no such host, or it does not say. */
export const awsHost = (url: string): { readonly service: string; readonly region: string } | null => {
  const host = URL.parse(url)?.hostname ?? "";
  const [, urlRegion] = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(host) ?? [];
  if (urlRegion !== undefined) return { service: "lambda", region: urlRegion };
  const [, service, region] =
    /(?:^|\.)([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  return service === undefined || region === undefined ? null : { service, region };
};
