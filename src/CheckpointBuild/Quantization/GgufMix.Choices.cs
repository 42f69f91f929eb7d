using System;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <content>The choices, role by role.</content>
internal sealed partial class GgufMix
{
    private bool HasImportance => _options.Importance is not null;

    private bool SharesHeads => _model.HeadRatio >= 4;

    private DType OutputType(long columns) =>
        _kind.Name == "mxfp4_moe" || _model.IsFalcon || !_kind.DType.Fits(columns) ? DType.Q8_0
        : _kind.Name is "iq2_xxs" or "iq2_xs" or "iq3_xxs" or "iq1_s" or "iq2_s" or "iq2_m" or "iq1_m" ? Type("Q5_K")
        : _kind.DType == DType.Q8_0 ? _kind.DType
        : Type("Q6_K");

    private DType EmbeddingType() => _kind.Name switch
    {
        "iq2_xxs" or "iq2_xs" or "iq1_s" or "iq1_m" => Type("Q2_K"),
        "iq2_s" or "iq2_m" or "iq3_xxs" => Type("IQ3_S"),
        "tq1_0" or "tq2_0" or "q2_0" => Type("Q4_K"),
        _ => _kind.DType,
    };

    // The kinds of one and two bits have rules of their own.
    private DType SmallType(string name)
    {
        bool isLarger = _kind.Name is "iq2_s" or "iq2_m";
        if (IsValue(name))
        {
            _valuesSeen++;
            return SharesHeads || _model.ExpertCount >= 4 ? Type("Q4_K") : isLarger ? Type("IQ3_S") : Type("Q2_K");
        }

        if (_model.ExpertCount == 8 && name.Contains("attn_k.weight", StringComparison.Ordinal))
        {
            return Type("Q4_K");
        }

        if (name.Contains("ffn_down", StringComparison.Ordinal))
        {
            return _downsSeen++ < _model.LayerCount / MostEighths ? Type(isLarger ? "IQ3_S" : "Q2_K") : _kind.DType;
        }

        if (name.Contains("attn_output.weight", StringComparison.Ordinal))
        {
            return _model.ExpertCount == 8 ? Type("Q5_K") : _kind.Name is "iq1_s" or "iq1_m" ? Type("IQ2_XXS") : isLarger ? Type("IQ3_S") : _kind.DType;
        }

        return _kind.DType;
    }

    private DType ValueType()
    {
        int seen = _valuesSeen++;
        DType type = _kind.Name switch
        {
            "q2_k" => Type(SharesHeads ? "Q4_K" : "Q3_K"),
            "q2_k_s" when SharesHeads => Type("Q4_K"),
            "iq3_xxs" => SharesHeads ? Type("Q4_K") : HasImportance ? _kind.DType : Type("IQ3_S"),
            "iq3_xs" or "iq3_s" when SharesHeads => Type("Q4_K"),
            "iq3_m" => Type("Q4_K"),
            "q3_k_m" => Type(seen < 2 ? "Q5_K" : "Q4_K"),
            "q3_k_l" => Type("Q5_K"),
            "iq4_nl" or "iq4_xs" when SharesHeads => Type("Q5_K"),
            "q4_k_m" or "q5_k_m" when UsesMoreBits(seen, _valueCount) => Type("Q6_K"),
            "q4_k_s" when seen < 4 => Type("Q5_K"),
            _ => _kind.DType,
        };

        // Eight heads share a value there, so that a few more bits cost little.
        type = _model.IsSeventyBillion && (type.Name is "Q3_K" or "Q4_K") ? Type("Q5_K") : type;
        return _model.ExpertCount == 8 ? DType.Q8_0 : type;
    }

    private DType KeyType() => _model.ExpertCount == 8 ? DType.Q8_0 : QueryType();

    private DType QueryType() => _kind.Name switch
    {
        "iq3_xs" => Type("IQ3_XXS"),
        "iq3_xxs" => Type("IQ2_S"),
        _ => _kind.DType,
    };

    private DType DownType(string name)
    {
        int layer = LayerOf(name, ref _downsSeen), count = _model.LayerCount;
        bool isEarly = layer < count / MostEighths, isFirst = layer < count / 16, usesMore = UsesMoreBits(layer, count);
        return _kind.Name switch
        {
            "q2_k" => Type("Q3_K"),
            "q2_k_s" when isEarly => Type("Q4_K"),
            "iq3_xxs" when !HasImportance => Type(isEarly ? "Q4_K" : "Q3_K"),
            "q3_k_m" => Type(isFirst ? "Q5_K" : !_model.IsFalcon || usesMore ? "Q4_K" : "Q3_K"),
            "iq3_m" when isEarly || (_model.ExpertCount == 8 && usesMore) => Type("Q4_K"),
            "q3_k_l" => Type(_model.IsFalcon ? "Q4_K" : "Q5_K"),
            "q4_k_m" when _model.IsFalcon => Type(isFirst ? "Q6_K" : usesMore ? "Q5_K" : "Q4_K"),
            "q4_k_m" or "q5_k_m" when usesMore => Type("Q6_K"),
            "iq4_nl" or "iq4_xs" when isEarly && !HasImportance => Type("Q5_K"),
            "q4_k_s" when isEarly && !_model.IsFalcon => Type("Q5_K"),

            // The first layers' scales can go astray with importance.
            "q4_0" when isEarly && HasImportance => Type("Q4_1"),
            "q5_0" when isEarly && HasImportance => Type("Q5_1"),
            _ => _kind.DType,
        };
    }

    private DType AttentionOutputType()
    {
        if (_model.IsFalcon)
        {
            return _kind.Name == "q3_k_l" ? Type("Q4_K") : _kind.DType;
        }

        if (_model.ExpertCount == 8)
        {
            return _kind.Name is "q2_k" or "iq3_xs" or "iq3_xxs" or "q3_k_s" or "q3_k_m" or "iq4_nl" or "q4_k_s" or "q4_k_m" or "iq3_s" or "iq3_m" or "iq4_xs" ? Type("Q5_K") : _kind.DType;
        }

        return _kind.Name switch
        {
            "q2_k" => Type("Q3_K"),
            "iq3_xxs" => Type("IQ3_S"),
            "q3_k_m" or "iq3_m" => Type("Q4_K"),
            "q3_k_l" => Type("Q5_K"),
            _ => _kind.DType,
        };
    }

    private DType WideType(string name, ref int seen)
    {
        int layer = LayerOf(name, ref seen), count = _model.LayerCount;
        return _kind.Name == "iq3_xs" && layer >= count / MostEighths && layer < 7 * count / MostEighths ? Type("IQ3_XXS") : _kind.DType;
    }
}
