import { definePartner } from "isthmus";

export const github = definePartner({ name: "github", location: "internet", url: "https://api.github.com" });
