// The PNG and WebP test images of the simulator, embedded as base64.

/// Plain colours, made with Pillow (PNG with a palette, WebP lossy and lossless); sizes in
/// `SampleImage.all`.
enum SamplePNGsAndWebPs {
    static let square = """
        iVBORw0KGgoAAAANSUhEUgAAAgAAAAIAAQMAAADOtka5AAAAA1BMVEXIPDxkWv9aAAAANklEQVR42u3BAQEA\
        AACCIP+vbkhAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB8G4IAAAFjdVCkAAAAAElFTkSuQmCC
        """

    static let classic = """
        iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgAQMAAAAPH06nAAAAA1BMVEXIPDxkWv9aAAAAPUlEQVR42u3BAQ0A\
        AADCoPdPbQ43oAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADgzwCX4AABS8wbSgAAAABJ\
        RU5ErkJggg==
        """

    static let lossyWebP = """
        UklGRtgCAABXRUJQVlA4IMwCAABQRgCdASqAAuABPxGIwVosKSckIAgBgCIJaW7hd1ss7AHu/AAT2Ae+2TkP\
        fbJyHvtk5D32ych77ZOQ99snIe+2TkPfbJyHvtmM9rRyJ/QP+2w8X/uJHmGRiTTuZhtaS2P7C/3EjzDIxJp3\
        M7BS5bH89ufbijdzd9kXEQ+kot7MOdJRb2Qxg/55OQ99snIe+2TkPfbJyHwH/bSoFku14uTkPfbJyHvtk5D6\
        F9LteLk5D32ych77ZOQ99uZ2CLk5D32ych77ZOQ99snIfQzItKgWS7Xi5OQ99snIe+2TkRA8nIe+2TkPfbJy\
        Hvtk5D34Avl4uTkPfbJyHvtk5D32yciIKBAPfbJyHvtk5D32ych77ZOR/zych77ZOQ99snIe+2TkPgP+2lQL\
        JdrxcnIe+2TkPfbJyQAG3NrxcnIe+2TkPfbJyHvtk5xEXJyHvtk5D32ych77ZOQ+hmRaVAsl2vFych77ZOQ9\
        9snOJpsl2vFych77ZOQ99snIe+2UDLxcnIe+2TkPfbJyHvtk5EQUCAe+2TkPfbJyHvtk5D32ygaN5tza8XJy\
        Hvtk5D32ych77ZjLT2ych77ZOQ99snIe+2TkgANubXi5OQ99snIe+2TkPfbMZ7QLJdrxcnIe+2TkPfbJyHvt\
        zL9PbJyHvtk5D32ych77ZOcTTZLteLk5D32ych77ZOQ99uZ2CLk5D32ych77ZOQ99snIe/AEA99snIe+2TkP\
        fbJyHvtlA0bzbm14uTkPfbJyHvtk5DeAAP791H/4dbJHsT/+hTQvAx8tb78Cnvz7JOetBT359knPWgp78+yT\
        nrQU9+fZJz1oKe/Psk560FPfn2Sc9aCnvz7JOetAJYooAATwoFkOCBFArBwP4oFqOCBFAshwQIoFYOB/FAtR\
        wQIoFkOCBFArBwP4oFqOCBFAshwQIoFYOB/FAtRwQIoFkOCBFArBwAAAAA==
        """

    static let losslessWebP = """
        UklGRi4AAABXRUJQVlA4TCEAAAAvZ8GfAAdQ5PKUp/8BIUHi//FWIvqf8Z///Oc///nP/wsA
        """
}
