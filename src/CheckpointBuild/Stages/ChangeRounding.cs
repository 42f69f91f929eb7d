namespace CheckpointBuild.Stages;

/// <summary>Whether PEFT's changes are rounded to the base's dtype before they are added to it.</summary>
public enum ChangeRounding
{
    /// <summary>Added as they are, and the sum is rounded once: <c>merge_and_unload()</c>.</summary>
    WithSum,

    /// <summary>Rounded first: <c>merge_and_unload(safe_merge=True)</c>.</summary>
    BeforeSum,
}
