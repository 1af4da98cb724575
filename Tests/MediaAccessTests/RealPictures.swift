// Small real pictures, made with ImageMagick, exiftool, jpegtran, cwebp, avifenc and heif-enc of Debian 12.

import Foundation
import MediaAccess
import Testing

/// A picture file with the size that its maker gave it.
struct RealPicture: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let size: PixelSize?
    let format: ImageFormat

    private init(
        _ name: String, _ width: Int, _ height: Int, _ format: ImageFormat, _ base64: String
    ) {
        testDescription = name
        bytes = Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
        size = PixelSize(width: width, height: height)
        self.format = format
    }
}

extension RealPicture {
    static let all = [
        RealPicture(
            "progressive JPEG", 24, 13, .jpeg,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmB
            anGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSk
            pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAANABgDASIAAhEBAxEB/8QAFgABAQEAAAAA
            AAAAAAAAAAAAAAME/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAME/9oADAMBAAIQAxAAAAHKm0VomP/EABQQAQAA
            AAAAAAAAAAAAAAAAACD/2gAIAQEAAQUCX//EABURAQEAAAAAAAAAAAAAAAAAAAAT/9oACAEDAQE/AbLP/8QA
            FREBAQAAAAAAAAAAAAAAAAAAABP/2gAIAQIBAT8Bgg//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/
            Al//xAAVEAEBAAAAAAAAAAAAAAAAAAAAEf/aAAgBAQABPyGqqqr/2gAMAwEAAgADAAAAEM8//8QAFREBAQAA
            AAAAAAAAAAAAAAAAABH/2gAIAQMBAT8Qtb//xAAVEQEBAAAAAAAAAAAAAAAAAAAAEf/aAAgBAgEBPxCUv//E
            ABYQAQEBAAAAAAAAAAAAAAAAAAAREP/aAAgBAQABPxDfSlP/2Q==
            """),
        RealPicture(
            "grey JPEG", 24, 13, .jpeg,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmB
            anGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAALCAANABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/
            xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AJwAf//Z
            """),
        RealPicture(
            "arithmetic-coded JPEG", 24, 13, .jpeg,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmB
            anGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSk
            pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/yQARCAANABgDASIAAhEBAxEB/8wACgAQEAUBEBEF
            /9oADAMBAAIRAxEAPwD+1YvfcGJJnM9XdUJvCkBWj42A/9k=
            """),
        RealPicture(
            "JPEG with EXIF thumbnail and orientation 6", 13, 24, .jpeg,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/4QHeRXhpZgAATU0AKgAAAAgABQESAAMAAAABAAYAAAEaAAUAAAABAAAA
            SgEbAAUAAAABAAAAUgEoAAMAAAABAAEAAAITAAMAAAABAAEAAAAAAFoAAAABAAAAAQAAAAEAAAABAAYBAwAD
            AAAAAQAGAAABGgAFAAAAAQAAAKgBGwAFAAAAAQAAALABKAADAAAAAQACAAACAQAEAAAAAQAAALgCAgAEAAAA
            AQAAAR0AAAAAAAAASAAAAAEAAABIAAAAAf/Y/+AAEEpGSUYAAQEAAAEAAQAA/9sAQwCgbniMeGSgjIKMtKqg
            vvD///Dc3PD//////////////////////////////////////////////////////////9sAQwGqtLTw0vD/
            /////////////////////////////////////////////////////////////////////////////8AAEQgA
            CAAIAwEiAAIRAQMRAf/EABUAAQEAAAAAAAAAAAAAAAAAAAAC/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABQB
            AQAAAAAAAAAAAAAAAAAAAAL/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCABB//2QD/2wBD
            ABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5mo
            q6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk
            pKSkpKSkpKT/wAARCAANABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFhABAQEAAAAA
            AAAAAAAAAAAAABIB/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAQF/8QAFhEAAwAAAAAAAAAAAAAAAAAAAAEU/9oA
            DAMBAAIRAxEAPwDMstNWla0YEV2spsTVoQIWs//Z
            """),
        RealPicture(
            "JPEG with orientation 3", 24, 13, .jpeg,
            """
            /9j/4AAQSkZJRgABAQAASAABAAD/4QBiRXhpZgAATU0AKgAAAAgABQESAAMAAAABAAMAAAEaAAUAAAABAAAA
            SgEbAAUAAAABAAAAUgEoAAMAAAABAAEAAAITAAMAAAABAAEAAAAAAAAAAABIAAAAAQAAAAEAAAAB/9sAQwAb
            EhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCeo6utq2eAvMm6pseZqKuk
            /9sAQwEcHh4oIyhOKytOpG5dbqSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk
            pKSkpKSk/8AAEQgADQAYAwEiAAIRAQMRAf/EABYAAQEBAAAAAAAAAAAAAAAAAAAEBf/EABYQAQEBAAAAAAAA
            AAAAAAAAAAASAf/EABYBAQEBAAAAAAAAAAAAAAAAAAAEBf/EABYRAAMAAAAAAAAAAAAAAAAAAAABFP/aAAwD
            AQACEQMRAD8AzLLTVpWtGBFdrKbE1aECFrP/2Q==
            """),
        RealPicture(
            "PNG", 24, 13, .png,
            """
            iVBORw0KGgoAAAANSUhEUgAAABgAAAANAQMAAACJojyTAAAAA1BMVEX/AAAZ4gk3AAAADElEQVQI12NgIB0A
            AAA0AAGnfbGcAAAAAElFTkSuQmCC
            """),
        RealPicture(
            "GIF", 24, 13, .gif,
            """
            R0lGODlhGAANAPAAAP8AAAAAACH5BAAAAAAALAAAAAAYAA0AAAIPhI+py+0Po5y02ouz3hwWADs=
            """),
        RealPicture(
            "BMP", 4, 13, .bmp,
            """
            Qk22AAAAAAAAABoAAAAMAAAABAANAAEAGAAAAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8A
            AP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8A
            AP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8AAP8=
            """),
        RealPicture(
            "lossy WebP", 24, 13, .webp,
            """
            UklGRkAAAABXRUJQVlA4IDQAAADQAgCdASoYAA0AP3Ggxli0q6ejsAgCkC4JQBWABaSAAP7guXlkYixV/8EF
            +IP1BqdVSAAA
            """),
        RealPicture(
            "lossless WebP", 24, 13, .webp,
            """
            UklGRhwAAABXRUJQVlA4TA8AAAAvFwADAAcQ/Y/+ByKi/wEA
            """),
        RealPicture(
            "extended WebP", 24, 13, .webp,
            """
            UklGRmQAAABXRUJQVlA4WAoAAAAQAAAAFwAADAAAQUxQSAoAAAABB1DAiAhERP8DVlA4IDQAAADQAgCdASoY
            AA0AP3Ggxli0q6ejsAgCkC4JQBWABaSAAP7guXlkYixV/8EF+IP1BqdVSAAA
            """),
        RealPicture(
            "AVIF", 24, 13, .avif,
            """
            AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGlj
            dAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAA
            ACUAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRp
            c3BlAAAAAAAAABgAAAANAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAABAA0ABoAA
            AAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAAC1tZGF0EgAKCDgQ74wgIaDSMhcWQAYYYYQAxcCkWiElsqKockJ9
            EGtUgA==
            """),
        RealPicture(
            "rotated AVIF", 13, 24, .avif,
            """
            AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAAD8bWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGlj
            dAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABJAAA
            ACUAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAdGlwcnAAAABUaXBjbwAAABRp
            c3BlAAAAAAAAABgAAAANAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAABAA0ABoAA
            AAAJaXJvdAEAAAAYaXBtYQAAAAAAAAABAAEFAQKDBIUAAAAtbWRhdBIACgg4EO+MICGg0jIXFkAGGGGEAMXA
            pFohJbKiqHJCfRBrVIA=
            """),
        RealPicture(
            "HEIC whose primary item is a grid", 72, 65, .heic,
            """
            AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAABrm1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAA
            AAAAAAAAAAAADnBpdG0AAAAAAAIAAAAQaWRhdAAAAAAASABBAAAAOGlsb2MBAAAAREAAAgABAAAAAAAAAc4A
            AQAAAAAAAAAxAAIAAQAAAAAAAAABAAAAAAAAAAgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAQABAABodmMx
            AAAAABVpbmZlAgAAAAACAABncmlkAAAAANlpcHJwAAAAt2lwY28AAAB3aHZjQwEECAAAAAAAAAAAAB7wAPz9
            +voAAA8DIAABABdAAQwB//8ECAAAAwCduAAAAwAAHroCQCEAAQArQgEBBAgAAAMAnbgAAAMAAB6gJIEnyNlu
            pJKa5uBAQMCAAAADAIAAAAMAhCIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEgAAABCAAAAFGlzcGUAAAAA
            AAAASAAAAEEAAAAQcGl4aQAAAAADCgoKAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAA
            AAAOZGltZwACAAEAAQAAADltZGF0AAAALSgBrwQY/Ht1QSVDt4hv/g45+WgZ8mb32uiYIuYf/8aFg3juIPia
            TA0aAAZzgA==
            """),
    ]
}
