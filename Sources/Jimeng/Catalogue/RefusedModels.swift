// Names that look like models of the family and are not: other products, and keys that are wrong.

/// Models of the provider that this worker cannot drive, each with the reason.
enum RefusedModels {
    static let reasons: [String: String] = {
        var reasons = [
            "jimeng_high_aes_general_v21_L":
                "it answers within the call (CVProcess), which is another kind of service"
        ]
        for key in [
            "jimeng_realman_avatar_picture_create_role_omni",
            "jimeng_realman_avatar_picture_create_role_omni_v2",
            "jimeng_realman_avatar_picture_omni_v2",
        ] {
            reasons[key] =
                "the digital human works in two steps of CVSubmitTask and CVGetResult, other actions"
        }
        for key in [
            "jimeng_realman_avatar_picture_create_role_omni_v15",
            "jimeng_realman_avatar_object_detection", "jimeng_realman_avatar_picture_omni_v15",
        ] {
            reasons[key] =
                "OmniHuman works in three steps of CVSubmitTask and CVProcess, other actions"
        }
        return reasons
    }()
}

/// Keys that have been seen in public code and do not exist, with the keys that may have been meant.
enum WrongModelKeys {
    static let meant = [
        "jimeng_i2v_first_v30_1080p": ["jimeng_i2v_first_v30_1080"],
        "jimeng_i2v_first_tail_v30_1080p": ["jimeng_i2v_first_tail_v30_1080"],
        "jimeng_t2v_v30_1080": ["jimeng_t2v_v30_1080p"],
        "jimeng_t2v_v30_pro": ["jimeng_ti2v_v30_pro"],
        "jimeng_i2v_v30": ["jimeng_i2v_first_v30"],
        "jimeng_vgfm_t2v_l_v30": ["jimeng_vgfm_t2v_l20", "jimeng_t2v_v30"],
        "jimeng_motion_imitation_v2": ["jimeng_dreamactor_m20_gen_video"],
    ]
}
