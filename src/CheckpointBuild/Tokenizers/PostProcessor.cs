using System.Collections.Generic;
using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>Puts special tokens around the ids of a text.</summary>
internal static class PostProcessor
{
    /// <summary>Applies the steps.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="ids">The text's ids.</param>
    /// <returns>All ids.</returns>
    internal static int[] Apply(ImmutableArray<PostProcessorStep> steps, List<int> ids)
    {
        var before = new List<int>();
        var after = new List<int>();
        foreach (PostProcessorStep step in steps)
        {
            switch (step)
            {
                case PostProcessorStep.Template template:
                    Apply(template, before, after);
                    break;
                case PostProcessorStep.StartAndEnd ends:
                    before.Insert(0, ends.StartId);
                    after.Add(ends.EndId);
                    break;
            }
        }

        var all = new int[checked(before.Count + ids.Count + after.Count)];
        before.CopyTo(all);
        ids.CopyTo(all, before.Count);
        after.CopyTo(all, before.Count + ids.Count);
        return all;
    }

    private static void Apply(PostProcessorStep.Template template, List<int> before, List<int> after)
    {
        var first = new List<int>();
        bool seen = false;
        foreach (TemplatePiece piece in template.Single)
        {
            if (piece.IsText)
            {
                seen = true;
            }
            else
            {
                (seen ? after : first).AddRange(piece.Ids.AsSpan());
            }
        }

        before.InsertRange(0, first);
    }
}
