// Reads how tenants are treated, from one plain setting or from the file's list.

import JobEngine

enum TenantsReader {
    static func read(_ reader: inout FieldReader) -> TenantTable {
        guard let listed = reader.sources.file?.tenants else {
            return reader.read(WorkerFields.tenants) ?? TenantTable()
        }
        if reader.isGiven(WorkerFields.tenants.name) {
            reader.refuse(
                WorkerFields.tenants.name,
                "is given beside the file's list of tenants; give it in one way only")
        }
        var table = TenantTable()
        for (index, element) in listed.enumerated() { read(element, index, &table, &reader) }
        return table
    }

    private static func read(
        _ element: ConfigurationFile.Element, _ index: Int, _ table: inout TenantTable,
        _ reader: inout FieldReader
    ) {
        let file = reader.sources.file
        func mistake(_ member: String, _ text: String) -> ConfigurationMistake {
            let line = element.members[member]?.line ?? element.line
            return ConfigurationMistake(
                "tenants[\(index)].\(member)", origin: file?.origin(line), text)
        }
        var tenant = TenantPolicy()
        for (key, value) in element.members.sorted(by: { $0.key < $1.key }) where key != "name" {
            do throws(FieldFault) {
                try TenantTable.set(key, value.text, of: &tenant)
            } catch {
                reader.refuse(mistake(key, error.text))
            }
        }
        guard let name = element.members["name"] else {
            return reader.refuse(
                mistake("name", "is missing; * is every other tenant, - the jobs without one"))
        }
        do throws(FieldFault) {
            try table.set(name.text, tenant)
        } catch {
            reader.refuse(mistake("name", error.text))
        }
    }
}
