using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building;

/// <summary>Which rank this process is, as whoever started it says: MPI, Slurm, PMI, torchrun, or Kubernetes by a job's index or a pod's ordinal.</summary>
internal static class RankEnvironment
{
    private const string Cluster = "KUBERNETES_SERVICE_HOST";
    private const string Host = "HOSTNAME";

    // The launcher that is nearest to the process comes first: mpirun inside a Slurm job, Slurm inside a pod.
    private static readonly string[] Variables = ["OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID", "RANK", "JOB_COMPLETION_INDEX"];

    /// <summary>The rank.</summary>
    /// <param name="read">Reads a variable of the environment.</param>
    /// <returns>From 0.</returns>
    /// <exception cref="CheckpointException">CKPT3252 when nothing says it.</exception>
    public static int Of(Func<string, string?> read)
    {
        IEnumerable<string?> answers = Variables.Select(read).Append(read(Cluster) is null ? null : Ordinal(read(Host)));
        foreach (string answer in answers.OfType<string>())
        {
            if (int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int rank))
            {
                return rank;
            }
        }

        throw Errors.RankUnknown([.. Variables]);
    }

    // Pods of a stateful set are called NAME-0, NAME-1.
    private static string? Ordinal(string? host) => host?[(host.LastIndexOf('-') + 1)..];
}
