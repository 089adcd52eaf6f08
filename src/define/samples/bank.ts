// Bank: payment file out at the cut-off, statement file in. N events -> one file; one file -> N events.

import { bySite, defineConnector, definePartner, secret, setting, sftp } from "isthmus";
import * as z from "zod";

export const bank = definePartner({
  name: "bank",
  location: "internet",
  fixedSource: true,
  sites: { zurich: {}, geneva: {} },
  topology: {
    mode: "primary-secondary",
    primary: "zurich",
    secondary: "geneva",
    failback: "manual",
    recoveryPoint: "15m",
  },
});
const host = bySite({ zurich: setting("bank-host-zurich"), geneva: setting("bank-host-geneva") });
const login = { user: "acme", privateKey: secret("bank-ssh-key"), hostKey: setting("bank-host-key") };

export const paymentOrders = defineConnector({
  partner: bank,
  via: sftp.send({
    host,
    login,
    file: "/in/pain001_{date}_{number}.xml",
    close: { cron: "0 16 * * MON-FRI", timezone: "Europe/Zurich" },
    pack: (records, { name }) =>
      `<Document><GrpHdr><MsgId>${name}</MsgId><NbOfTxs>${records.length}</NbOfTxs></GrpHdr>${records.join("")}</Document>`,
  }),
  events: { "payment.ordered": z.object({ payment: z.string(), iban: z.string(), amountMinor: z.int() }) },
  durability: "replicated",
  personal: ["/data/iban"],
  translate: ({ data }) =>
    `<Tx id="${data.payment}"><IBAN>${data.iban}</IBAN><Amt>${data.amountMinor / 100}</Amt></Tx>`,
});

export const statements = defineConnector({
  partner: bank,
  via: sftp.poll({
    host,
    login,
    files: "/out/camt053_*.xml",
    records: { format: "xml", element: "Ntry" },
    every: "5m",
    done: { moveTo: "/out/archive" },
  }),
  message: z.object({ NtryRef: z.string(), Amt: z.string(), CdtDbtInd: z.enum(["CRDT", "DBIT"]) }),
  events: { "bank.entry.booked": z.object({ reference: z.string(), amount: z.string(), credit: z.boolean() }) },
  id: ({ body }) => body.NtryRef,
  translate: ({ body }) => ({
    type: "bank.entry.booked",
    partitionkey: body.NtryRef,
    data: { reference: body.NtryRef, amount: body.Amt, credit: body.CdtDbtInd === "CRDT" },
  }),
});
