export class TypesClient {}
